import { MakeUp, SessionId } from '~~/shared/schemas/desk-activities'

/**
 * Another session for one that was called off: who was in keeps the place and is told. 404 `session_unknown`, 409 `session_not_cancelled` |
 * `session_made_up_before` | `room_taken` | `room_not_booked`, 422 by field.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { date, start, end, venue, room } = await readInput(event, MakeUp)
  const { database } = await requireDesk(event, 'approval')
  const session = await answerOf(database.from('activity_sessions').select('activity_id').eq('id', id).maybeSingle())
  if (!session) throw refusal(404, 'session_unknown')
  const made = await answerOf(database.rpc('make_up_session', { of_session_id: id, from_at: atChina(`${date}T${start}`), until_at: atChina(`${date}T${end}`), venue, room }))
  return { activity: session.activity_id, session: made }
}, (_event, { activity }) => `/desk/activities/${activity}?done=madeUp`)
