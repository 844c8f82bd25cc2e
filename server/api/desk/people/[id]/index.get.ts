import { PersonId } from '~~/shared/schemas/people'
import { PersonQuery } from '~~/shared/schemas/desk'

const PAGE = 100

/** A person with everything the desk keeps, numbers masked, and the records of a year. 404 `person_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { year: asked, page, township } = readQuery(event, PersonQuery)
  const desk = await requireDesk(event, 'names')
  const person = await personAtDesk(desk.database, id)
  const year = asked ?? person.years[0] ?? thisYear()
  const [rows, groups, categories, homes, helpers, departures] = await Promise.all([
    everyRow((from, to) => desk.database.rpc('person_participations', { of_person_id: person.id, counted_year: year }).range(from, to)),
    answerOf(desk.database.from('population_groups').select('id, zh, en, ages').neq('id', 'resident').order('position')),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    person.mayEdit && person.countyId ? homesBelow(desk, person.countyId, township) : { townships: null, township: null, villages: [] },
    helpersOf(desk.database, person.id),
    answerOf(desk.database.rpc('departures_at_desk', { of_person_id: person.id })),
  ])
  return {
    person, helpers, departures: departures.map(departureOf), year, years: [...new Set([...person.years, year])].sort((a, b) => b - a), today: chinaToday(),
    registryGroups: groups.filter(({ ages }) => ages === null).map(({ id, zh, en }) => ({ id, zh, en })), categories, homes,
    page, pages: Math.ceil(rows.length / PAGE), total: rows.length,
    records: rows.slice((page - 1) * PAGE, page * PAGE).map(recordAtDesk),
  }
})
