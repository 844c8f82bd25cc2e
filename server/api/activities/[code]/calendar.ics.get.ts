import { ActivityCode } from '~~/shared/schemas/activities'

/** The sessions of an activity as a calendar file, those called off too. 404 `activity_unknown`. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, ActivityCode)
  const events = await publishedSessions({ activity: code })
  if (events.length === 0) throw refusal(404, 'activity_unknown')
  return sendCalendar(event, calendarFile(events[0]!.title, events, siteOf(event)), `activity-${code}`)
})
