import { CalendarKey } from '~~/shared/schemas/activities'
import type { CalendarEvent } from '../utils/activities/calendar'

/**
 * Somebody's own sessions and those of the children in care, for a phone's calendar that cannot sign in: the secret in the address is all it
 * has, and it opens nothing but title, time and place. In the query, which no log holds. 404 `not_found`.
 */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const asked = CalendarKey.safeParse(getQuery(event))
  if (!asked.success) throw refusal(404, 'not_found')
  const [row] = await jobsSql()`select private.calendar_of(${asked.data.key}) as events`
  const events = row?.events as CalendarEvent[] | null
  if (!events) throw refusal(404, 'not_found')
  return sendCalendar(event, calendarFile('邻学', events, siteOf(event)), 'linxue')
})
