import { SessionId } from '~~/shared/schemas/desk-activities'
import type { FeedbackCounts } from '~~/server/utils/activities/feedback'

/** How a session was, as counts that give nobody away; and for whoever knows the people, for whom it can be taken down. 404 `session_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const desk = await requireDesk(event, 'activities')
  const feedback = await answerOf(desk.database.rpc('feedback_of_session', { of_session_id: id })) as unknown as FeedbackCounts & { came: number | null, until: string, isOpen: boolean }
  const session = await answerOf(desk.database.from('activity_sessions').select('id, activity_id, starts_at').eq('id', id).single())
  const activity = await activityAtDesk(desk.database, session.activity_id)
  const roster = feedback.isOpen && activity.mayRun ? await rosterOf(desk.database, id) : []
  return {
    session: { id, startsAt: session.starts_at }, activity: { id: activity.id, title: activity.title, unit: activity.unit }, ...feedback,
    people: roster.filter(one => one.record ? one.attended : one.method).map(one => ({ id: one.personId, name: one.name, birthYear: one.birthYear, home: one.home })),
  }
})
