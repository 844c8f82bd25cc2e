import { ActivityId } from '~~/shared/schemas/desk-activities'

/** Hands a plan in. 409 `activity_not_draft`, 422 `venue_missing` | `phone_missing` | `sessions_over`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { database } = await requireDesk(event, 'activities')
  await answerOf(database.rpc('submit_activity', { of_activity_id: id }))
  return { id }
}, (_event, { id }) => `/desk/activities/${id}?done=submitted`)
