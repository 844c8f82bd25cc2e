import { PersonId, CardIssue } from '~~/shared/schemas/people'

/** Draws a card; `replace` voids the one there is. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { replace } = await readInput(event, CardIssue)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('issue_card', { of_person_id: id, replace }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=card`)
