import { ActivityId, ActivityReason } from '~~/shared/schemas/desk-activities'

/** Gives a plan back to its author with the reason. 409 `activity_not_submitted`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { reason } = await readInput(event, ActivityReason)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('return_activity', { of_activity_id: id, reason }))
  return { id }
}, (_event, { id }) => `/desk/activities/${id}?done=returned`)
