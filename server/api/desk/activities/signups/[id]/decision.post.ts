import { SignupId, SignupDecision } from '~~/shared/schemas/desk-activities'

/** Answers somebody who asked, where the school admits: a seat or the line, or no with the reason. 409 `signup_decided`, 403 `own_signup`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SignupId)
  const { decision, reason } = await readInput(event, SignupDecision)
  const { database } = await requireDesk(event, 'people')
  const activity = await activityOfSignup(database, id)
  const done = await answerOf(database.rpc('decide_signup', { of_signup_id: id, admits: decision === 'admit', reason: reason || undefined }))
  return { activity, done }
}, (_event, { activity, done }) => `/desk/activities/${activity}/signups?done=${done}`)
