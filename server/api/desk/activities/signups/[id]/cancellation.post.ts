import { SignupCancel, SignupId } from '~~/shared/schemas/desk-activities'

/** Gives the seat, or place in the line, of somebody back. 409 `session_started` | `child_left_alone` without `together`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SignupId)
  const { reason, together } = await readInput(event, SignupCancel)
  const { database } = await requireDesk(event, 'people')
  const activity = await activityOfSignup(database, id)
  await answerOf(database.rpc('cancel_signup', { of_signup_id: id, reason: reason || undefined, with_children: together === 'yes' }))
  return { activity, done: 'cancelled' }
}, (_event, { activity, done }) => `/desk/activities/${activity}/signups?done=${done}`)
