import { PersonId, GroupEntry } from '~~/shared/schemas/people'

/** Enters a registry's word. 409 `group_entered`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const entry = await readInput(event, GroupEntry)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('add_person_group', { of_person_id: id, entry }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=group`)
