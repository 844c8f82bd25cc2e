import { ActivityFormQuery } from '~~/shared/schemas/desk-activities'
import type { ActivityAtDesk, SessionRow } from '~~/shared/types/desk-activities'
import type { Desk } from '../../../utils/desk'

const DAY = 86_400_000

/**
 * What the form of a plan holds: the choices; and of an activity that is changed or held again, what it is. A copy is moved to
 * begin on or after `first`, on the same day of the week. 404 `activity_unknown`.
 */
export default defineEventHandler(async (event) => {
  const { unit: code, activity: id, copy, first } = readQuery(event, ActivityFormQuery)
  const desk = await requireDesk(event, 'activities')
  const known = id ?? copy
  const activity = known === undefined ? null : await activityAtDesk(desk.database, known)
  const { unit, trail } = await requireUnit(desk, activity?.unit.code ?? code, 'activities')
  const [hosts, categories, forms, groups, villages, holidays, levels, venues, lecturers, departments] = await Promise.all([
    answerOf(desk.database.rpc('activity_hosts', { in_unit_id: unit.id })),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    answerOf(desk.database.from('activity_forms').select('id, zh, en').order('position')),
    answerOf(desk.database.from('population_groups').select('id, zh, en').neq('id', 'resident').order('position')),
    placesAround(desk, trail),
    publicHolidays(event, desk.database),
    answerOf(desk.database.from('honour_levels').select('rank, zh, en, honour_schemes!inner(in_force)').filter('honour_schemes.in_force', 'cs', `[${chinaToday()},${chinaToday()}]`).order('rank')),
    answerOf(desk.database.from('venues').select('name, venue_rooms(id, name, closed_on)').is('closed_on', null).order('name').limit(500)),
    answerOf(desk.database.from('lecturers').select('name').is('ended_on', null).order('name').limit(500)),
    answerOf(desk.database.rpc('departments_used', { in_unit_id: unit.id })),
  ])
  const administrations = await answerOf(desk.database.from('units').select('code, name').eq('kind_id', 'administration').in('id', trail.map(step => step.id)).order('path'))
  const days = activity && copy !== undefined ? daysBetween(activity, first) : 0
  return {
    unit, trail, today: chinaToday(), categories, forms, groups, holidays: holidays.holidays, departments,
    levels: levels.map(({ rank, zh, en }) => ({ id: String(rank), zh, en })),
    lecturers: [...new Set(lecturers.map(({ name }) => name))],
    venues: venues.map(({ name, venue_rooms: rooms }) => ({ name, rooms: rooms.filter(room => !room.closed_on).sort((a, b) => a.id - b.id).map(room => room.name) })),
    hosts: hosts.map(host => ({ code: host.code!, name: host.name! })),
    places: [...administrations, ...villages.filter(village => !administrations.some(place => place.code === village.code))],
    activity: copy === undefined ? activity : null,
    copied: activity && copy !== undefined ? { id: activity.id, title: activity.title } : null,
    fields: activity ? fieldsOf(activity, days) : null,
    sessions: activity ? rowsOf(activity, copy !== undefined, days) : [],
  }
})

/** Whom an activity can be for below: villages, or townships where there are too many of these. */
async function placesAround(desk: Desk, trail: readonly { id: number }[]): Promise<{ code: string, name: string }[]> {
  const { townships, villages } = await homesAround(desk, trail, undefined)
  if (townships) return townships.map(({ code, name }) => ({ code, name }))
  return answerOf(desk.database.from('units').select('code, name').eq('kind_id', 'administration').in('id', villages.map(({ id }) => id)).order('code'))
}

/** From the first session of an activity to the same day of the week on or after a day; without it, the next that is to come. */
function daysBetween(activity: ActivityAtDesk, first: string | undefined): number {
  const was = activity.sessions.find(session => !session.cancelReason) ?? activity.sessions[0]
  if (!was) return 0
  const from = Date.parse(inChina(was.startsAt).slice(0, 10))
  const wanted = Date.parse(first ?? new Date(Math.max(Date.parse(chinaToday()) + DAY, from + 7 * DAY)).toISOString().slice(0, 10))
  return Math.ceil((wanted - from) / DAY / 7) * 7
}

const moved = (date: string, days: number) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10)

function rowsOf(activity: ActivityAtDesk, isCopy: boolean, days: number): SessionRow[] {
  if (!isCopy) return sessionRows(activity)
  return sessionRows({ ...activity, sessions: activity.sessions.filter(session => !session.cancelReason) }).map(row => ({ ...row, id: '', date: moved(row.date, days) }))
}

function fieldsOf(activity: ActivityAtDesk, days: number): Record<string, string> {
  const at = (moment: string | null) => moment === null ? '' : `${moved(inChina(moment).slice(0, 10), days)}T${inChina(moment).slice(11)}`
  return planFields({ ...activity, opensAt: at(activity.opensAt), closesAt: at(activity.closesAt) })
}
