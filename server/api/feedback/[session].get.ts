import { FeedbackSession } from '~~/shared/schemas/feedback'

/** One of them, with everybody whom the asker can answer for. 401 `sign_in_needed`, 404 `feedback_unknown`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { session } = readParams(event, FeedbackSession)
  const { database } = await requireSession(event)
  const people = feedbackRows(await answerOf(database.rpc('my_feedback', { of_session_id: session })))
  if (!people[0]) throw refusal(404, 'feedback_unknown')
  return { ...people[0], people }
})
