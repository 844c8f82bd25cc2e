import { PersonId, GuardianEnd } from '~~/shared/schemas/people'

/** Ends a guardianship today. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { linkId } = await readInput(event, GuardianEnd)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('end_guardian', { link_id: linkId }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=guardianEnded`)
