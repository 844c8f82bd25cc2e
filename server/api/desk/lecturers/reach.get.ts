import { LecturerReachQuery } from '~~/shared/schemas/lecturers'

/** Every village of a unit with how many talks it had in a year. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear() } = readQuery(event, LecturerReachQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const rows = await answerOf(desk.database.rpc('reach_of_lecturers', { in_unit_id: unit.id, of_year: year }).range(0, 2999))
  return {
    unit, trail, year, thisYear: thisYear(), reached: rows.filter(row => row.talks! > 0).length,
    villages: rows.map(row => ({ code: row.code!, name: row.name!, township: row.township, talks: row.talks!, listeners: row.listeners, lastAt: row.last_at })),
  }
})
