import { VolunteersQuery } from '~~/shared/schemas/volunteers'

const PAGE = 30

/** Volunteers of a unit and those below it, what waits, and the share of residents who serve in the days asked for (this year so far). 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, state, find, counted, idle, from: first, until: last, page } = readQuery(event, VolunteersQuery)
  const desk = await requireDesk(event, counted ? 'names' : 'people')
  const { unit, trail } = await requireUnit(desk, code, counted ? 'names' : 'people')
  const [from, until] = [first ?? `${thisYear()}-01-01`, last ?? chinaToday()]
  const sees = (sight: 'figures' | 'names') => desk.me.posts.some(post => post.sights.includes(sight))
  const [rows, due, share, teams] = await Promise.all([
    answerOf(desk.database.rpc('volunteers_at_desk', {
      in_unit_id: unit.id, query: find, by_home: counted, only_served: counted && !idle, from_day: from, until_day: until, page_size: PAGE, skip: (page - 1) * PAGE,
      ...(state && { of_status: state }), ...(counted && { of_status: 'active' }),
    })),
    serviceDueIn(desk, unit.id),
    sees('figures') ? serviceShareOf(desk.database, unit.id, from, until) : [],
    answerOf(desk.database.from('volunteer_teams').select('id, name').eq('unit_id', unit.id).is('closed_on', null).order('name')),
  ])
  return {
    unit, trail, state: state ?? null, find, isCounted: counted, withIdle: idle, from, until, page, total: rows[0]?.total ?? 0,
    pages: Math.ceil((rows[0]?.total ?? 0) / PAGE), teams, seesNames: sees('names'),
    due,
    share,
    volunteers: rows.map(row => ({
      id: row.id!, name: row.name!, birthYear: row.birth_year, home: row.home!, unit: row.unit_name!, team: row.team_name,
      source: row.source as 'resident', employer: row.employer, skills: row.skills!, status: row.status as 'asked' | 'active' | 'refused' | 'ended',
      bySelf: row.by_self!, askedAt: row.asked_at!, trainings: row.trainings!, hours: row.minutes! / 60, times: row.times!, lastAt: row.last_at, isOwn: row.is_own!,
    })),
  }
})
