import { SessionId } from '~~/shared/schemas/desk-activities'
import { Feedback } from '~~/shared/schemas/feedback'

/** Takes down what somebody without a phone says. 404 `session_unknown`, 409 `feedback_own` | `feedback_not_there` | `feedback_over`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { person, satisfied, useful, again } = await readInput(event, Feedback)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('enter_feedback', { of_session_id: id, of_person_id: person, satisfied, useful, again }))
  return { session: id }
}, (_event, { session }) => `/desk/activities/sessions/${session}/feedback?done=entered`)
