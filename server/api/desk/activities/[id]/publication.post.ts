import { ActivityId } from '~~/shared/schemas/desk-activities'

/** Publishes a plan: residents see it and sign up. 403 `unit_not_yours` without the right to approve; else as handing in. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('publish_activity', { of_activity_id: id }))
  return { id }
}, (_event, { id }) => `/desk/activities/${id}?done=published`)
