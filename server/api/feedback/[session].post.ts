import { Feedback, FeedbackSession } from '~~/shared/schemas/feedback'

/** Says how a session was, or says it anew. 403 `person_not_yours`, 404 `session_unknown`, 409 `feedback_not_there` | `feedback_over`, 422 `choice_missing` by field. */
export default formHandler(async (event) => {
  const { session } = readParams(event, FeedbackSession)
  const { person, satisfied, useful, again } = await readInput(event, Feedback)
  const { database } = await requireSession(event)
  await answerOf(database.rpc('give_feedback', { of_session_id: session, of_person_id: person, satisfied, useful, again }))
  return { session }
}, (_event, { session }) => `/feedback/${session}?done=said`)
