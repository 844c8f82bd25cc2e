import { ActivityId, ActivityReason } from '~~/shared/schemas/desk-activities'

/** Calls an activity off; whoever signed up is told. 409 `activity_cancelled` | `activity_over`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { reason } = await readInput(event, ActivityReason)
  const { database } = await requireDesk(event, 'activities')
  await answerOf(database.rpc('cancel_activity', { of_activity_id: id, reason }))
  return { id }
}, (_event, { id }) => `/desk/activities/${id}?done=cancelled`)
