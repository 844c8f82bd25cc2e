import { SessionHeads, SessionId } from '~~/shared/schemas/desk-activities'

/** How many were at a session, names or not; counted again it puts the number right. 404 `session_unknown`, 409 `session_not_begun` | `head_count_nobody`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { persons, note } = await readInput(event, SessionHeads)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('count_session_heads', { of_session_id: id, persons, note }))
  return { session: id }
}, (_event, { session }) => `/desk/activities/sessions/${session}?done=counted`)
