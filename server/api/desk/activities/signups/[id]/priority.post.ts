import { SignupId, SignupPriority } from '~~/shared/schemas/desk-activities'

/** Lets somebody who waits go before others, for a reason on record. 409 `signup_not_waiting`, 403 `own_signup`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SignupId)
  const { priority, reason } = await readInput(event, SignupPriority)
  const { database } = await requireDesk(event, 'people')
  const activity = await activityOfSignup(database, id)
  await answerOf(database.rpc('set_signup_priority', { of_signup_id: id, new_priority: priority, reason }))
  return { activity, done: 'priority' }
}, (_event, { activity, done }) => `/desk/activities/${activity}/signups?done=${done}`)
