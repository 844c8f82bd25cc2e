import { ActivityReason, SessionId } from '~~/shared/schemas/desk-activities'

/** Calls one session off; whoever signed up is told. 404 `session_unknown` | `activity_unknown`, 409 `session_cancelled` | `session_over`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { reason } = await readInput(event, ActivityReason)
  const { database } = await requireDesk(event, 'approval')
  const session = await answerOf(database.from('activity_sessions').select('activity_id').eq('id', id).maybeSingle())
  if (!session) throw refusal(404, 'session_unknown')
  await answerOf(database.rpc('cancel_session', { of_session_id: id, reason }))
  return { activity: session.activity_id }
}, (_event, { activity }) => `/desk/activities/${activity}?done=sessionCancelled`)
