import { SessionId, SessionShift } from '~~/shared/schemas/desk-activities'

/** A shift is confirmed with the session, or by itself again. 404 `session_unknown` | `shift_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { shift, tied } = await readInput(event, SessionShift)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('tie_shift', { of_session_id: id, of_shift_id: shift, tied }))
  return { session: id }
}, (_event, { session }) => `/desk/activities/sessions/${session}/helpers?done=tied`)
