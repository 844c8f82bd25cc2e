import ICAL from 'ical.js'
import type { H3Event } from 'h3'

/** A session, a shift or a team's room as a calendar shows it: nothing of who comes. */
export interface CalendarEvent {
  kind?: 'session' | 'shift' | 'room'
  id: number
  /** Of a session: the activity's. */
  code?: string
  title: string
  startsAt: string
  endsAt: string
  venue: string
  room: string | null
  /** Grows with every change. */
  version: number
  state: 'confirmed' | 'cancelled' | 'tentative'
}

// RFC 5545 wants lines of 75 octets at most; the library does not count the blank that begins a folded one.
ICAL.foldLength = 74

// China has had one time since 1991.
const ZONE = ICAL.Component.fromString(['BEGIN:VTIMEZONE', 'TZID:Asia/Shanghai', 'BEGIN:STANDARD', 'DTSTART:19910915T000000', 'TZOFFSETFROM:+0800', 'TZOFFSETTO:+0800', 'TZNAME:CST',
  'END:STANDARD', 'END:VTIMEZONE'].join('\r\n'))
const SHANGHAI = new ICAL.Timezone(ZONE)

/** A calendar file with its events; `site` is the address of the portal, which the events lead back to. */
export function calendarFile(name: string, events: readonly CalendarEvent[], site: string, now = new Date()): string {
  const calendar = new ICAL.Component('vcalendar')
  for (const [property, value] of Object.entries({ 'prodid': '-//Linxue//Activities//ZH', 'version': '2.0', 'calscale': 'GREGORIAN', 'method': 'PUBLISH', 'x-wr-calname': name, 'x-wr-timezone': 'Asia/Shanghai' })) {
    calendar.addPropertyWithValue(property, value)
  }
  const refresh = calendar.addPropertyWithValue('refresh-interval', ICAL.Duration.fromString('PT4H'))
  refresh.setParameter('value', 'DURATION')
  calendar.addPropertyWithValue('x-published-ttl', 'PT4H')
  calendar.addSubcomponent(ICAL.Component.fromString(ZONE.toString()))
  for (const event of events) calendar.addSubcomponent(component(event, site, now))
  return `${calendar.toString()}\r\n`
}

function component(event: CalendarEvent, site: string, now: Date): ICAL.Component {
  const one = new ICAL.Component('vevent')
  one.addPropertyWithValue('uid', `${event.kind ?? 'session'}-${event.id}@linxue`)
  one.addPropertyWithValue('dtstamp', ICAL.Time.fromJSDate(now, true))
  for (const [property, value] of [['dtstart', event.startsAt], ['dtend', event.endsAt]] as const) {
    one.addPropertyWithValue(property, ICAL.Time.fromJSDate(new Date(value), true).convertToZone(SHANGHAI)).setParameter('tzid', 'Asia/Shanghai')
  }
  one.addPropertyWithValue('sequence', event.version)
  one.addPropertyWithValue('status', event.state.toUpperCase())
  one.addPropertyWithValue('summary', event.title)
  one.addPropertyWithValue('location', [event.venue, event.room].filter(Boolean).join(' '))
  one.addPropertyWithValue('url', site + (event.code ? `/activities/${event.code}` : event.kind === 'shift' ? '/my/service' : '/my/team-rooms'))
  return one
}

/** Hands a calendar file out, for a phone to open or to subscribe to. */
export function sendCalendar(event: H3Event, file: string, name: string): string {
  setHeaders(event, { 'content-type': 'text/calendar; charset=utf-8', 'content-disposition': `inline; filename="${name}.ics"` })
  return file
}

/** The address of the portal as whoever asks sees it. */
export function siteOf(event: H3Event): string {
  return (portalSettings().publicUrl ?? getRequestURL(event).origin).replace(/\/$/, '')
}

const SESSION = 'id, starts_at, ends_at, venue, room, cancelled_at, activities!inner(code, title, venue, room, version, status, host_unit_id, units!activities_host_unit_id_fkey!inner(name, path))'

/** Published sessions as a calendar shows them: those of one activity, or of a unit and what is below it from a month ago on. */
export async function publishedSessions(of: { activity: string } | { unit: string }): Promise<CalendarEvent[]> {
  const asked = anonymousDatabase().from('activity_sessions').select(SESSION).not('activities.published_at', 'is', null).order('starts_at').limit(500)
  const rows = await answerOf('activity' in of
    ? asked.eq('activities.code', of.activity)
    : asked.neq('activities.kind', 'staff_training').gt('ends_at', new Date(Date.now() - 30 * 86_400_000).toISOString()).filter('activities.units.path', 'cd', of.unit))
  return rows.map(({ activities: activity, ...row }) => ({
    id: row.id, code: activity.code, title: activity.title, startsAt: row.starts_at, endsAt: row.ends_at, venue: row.venue ?? activity.venue, room: row.room ?? activity.room,
    version: activity.version, state: row.cancelled_at || activity.status === 'cancelled' ? 'cancelled' : 'confirmed',
  }))
}
