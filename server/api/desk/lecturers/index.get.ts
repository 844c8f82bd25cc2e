import { LecturersQuery } from '~~/shared/schemas/lecturers'

/** Everybody of the teams to book, the bookings of a unit and those below, and where the asker may book for. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, find } = readQuery(event, LecturersQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const [lecturers, bookings, due, hosts, categories] = await Promise.all([
    answerOf(desk.database.rpc('lecturers_at_desk', { query: find })),
    answerOf(desk.database.rpc('lecturer_bookings_at_desk', { in_unit_id: unit.id })),
    everyRow((from, to) => desk.database.rpc('lecturers_due').order('starts_at').order('lecturer_id').order('what').order('title').order('host').order('ends_at').range(from, to)),
    answerOf(desk.database.rpc('activity_hosts', { in_unit_id: unit.id })),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
  ])
  const dueOf = (id: number) => due.filter(one => one.lecturer_id === id)
    .map(one => ({ what: one.what as 'talk' | 'session', title: one.title!, host: one.host!, startsAt: one.starts_at!, endsAt: one.ends_at! }))
  return {
    unit, trail, find, today: chinaToday(), categories, hosts: hosts.map(host => ({ code: host.code!, name: host.name! })),
    lecturers: lecturers.map(row => ({
      id: row.id!, unit: { code: row.unit_code!, name: row.unit! }, name: row.name!, title: row.title!, workplace: row.workplace, topics: row.topics!, categories: row.categories!,
      availability: row.availability!, phone: row.phone,
      isListed: row.is_listed!, version: row.version!, keeps: row.keeps!, mayEnd: row.may_end!, asked: row.asked!, talks: row.talks!, photo: row.photo, due: dueOf(row.id!),
      times: row.times!, away: row.away as unknown as { id: number, from: string, until: string }[],
    })),
    bookings: bookings.map(row => ({
      id: row.id!, lecturer: row.lecturer!, at: row.at_unit!, startsAt: row.starts_at!, endsAt: row.ends_at!, topic: row.topic!, place: row.place!, status: row.status as 'asked' | 'agreed' | 'refused' | 'done' | 'cancelled',
      reason: row.reason, listeners: row.listeners, isTeam: row.is_team!, isOver: Date.parse(row.ends_at!) <= Date.now(),
      isOutside: row.is_outside!, mayPlan: row.may_plan! && row.status === 'agreed' && Date.parse(row.starts_at!) > Date.now(), categories: row.categories!,
      /** The plan that it became: when it is now, or that it was called off. */
      plan: row.activity_id ? { id: row.activity_id, startsAt: row.planned_at, isCalledOff: row.is_called_off! } : null,
      /** What else the lecturer is due to then; the answer is the team's. */
      clashes: row.status === 'asked' ? dueOf(row.lecturer_id!).filter(one => Date.parse(one.startsAt) < Date.parse(row.ends_at!) && Date.parse(one.endsAt) > Date.parse(row.starts_at!)) : [],
    })),
  }
})
