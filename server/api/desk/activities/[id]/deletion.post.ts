import { ActivityId } from '~~/shared/schemas/desk-activities'

/** Deletes a plan that nobody has seen. 409 `activity_published`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { database } = await requireDesk(event, 'activities')
  await answerOf(database.rpc('delete_activity', { of_activity_id: id }))
  return { id }
}, () => `/desk/activities?deleted=1`)
