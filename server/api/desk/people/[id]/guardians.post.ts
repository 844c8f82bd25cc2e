import { PersonId, GuardianEntry } from '~~/shared/schemas/people'

/** Ties a child to a guardian. 409 `guardian_entered`, 422 `guardian_is_child` and `guardian_too_young`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { guardianId, relation, consent } = await readInput(event, GuardianEntry)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('add_guardian', { child_id: id, guardian_id: guardianId, relation, consent }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=guardian`)
