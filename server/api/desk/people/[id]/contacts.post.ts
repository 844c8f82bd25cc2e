import { ContactEntry, PersonId } from '~~/shared/schemas/people'

/** Sets a phone or ID number, sealed; an empty one is taken away. 409 `id_number_taken`, 422 `phone_invalid`, `id_number_check` … */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const given = await readInput(event, ContactEntry)
  const { database } = await requireDesk(event, 'people')
  const value = typeof given.value === 'string' ? given.value : given.value?.number
  await answerOf(database.rpc('set_contact', { of_person_id: id, kind: given.kind, contact: value ? contactArgument(given.kind, value) : null! }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=contact`)
