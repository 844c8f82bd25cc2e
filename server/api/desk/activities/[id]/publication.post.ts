import { ActivityId } from '~~/shared/schemas/desk-activities'

/**
 * Publishes a plan: residents see it and sign up; or agrees to it where a level above has to agree yet (`status` submitted). 403 `unit_not_yours` without
 * the right to approve, 403 `review_needed` where others have to; else as handing in.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { database } = await requireDesk(event, 'approval')
  return { id, status: await answerOf(database.rpc('publish_activity', { of_activity_id: id })) as 'published' | 'submitted' }
}, (_event, { id, status }) => `/desk/activities/${id}?done=${status === 'published' ? 'published' : 'agreed'}`)
