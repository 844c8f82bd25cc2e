import { PersonParams, PersonQuery } from '~~/shared/schemas/desk'

const PAGE = 100

/** A person's records of a year. 404 `person_unknown` also for people whom the post does not see. */
export default defineEventHandler(async (event) => {
  const { personId } = readParams(event, PersonParams)
  const { year: asked, page } = readQuery(event, PersonQuery)
  const { database } = await requireDesk(event, 'names')
  const [{ data: person, error }, counted] = await Promise.all([
    database.from('persons').select('id, name, sex, birth_year, home:units(code, name)').eq('id', personId).maybeSingle(),
    answerOf(database.rpc('counted_years_of_person', { of_person_id: personId })),
  ])
  if (error) throw databaseRefusal(error)
  if (!person) throw refusal(404, 'person_unknown')
  const years = [...new Set([thisYear(), ...counted])].sort((a, b) => b - a)
  const year = asked ?? years[0]!
  const rows = await everyRow((from, to) => database.rpc('person_participations', { of_person_id: personId, counted_year: year }).range(from, to))
  return {
    person: { id: person.id, name: person.name, sex: person.sex, birthYear: person.birth_year, home: person.home },
    year, years,
    page, pages: Math.ceil(rows.length / PAGE), total: rows.length, counting: rows.filter(row => row.counts).length,
    records: rows.slice((page - 1) * PAGE, page * PAGE).map(recordAtDesk),
  }
})
