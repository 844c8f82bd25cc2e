import { WeekQuery } from '~~/shared/schemas/range-figures'

const PAGE = 50

/** The records that a week's person-times are the number of, 50 at a time: of whoever lived in the unit then. 403 `names_hidden` | `unit_not_yours`, 404 `unit_unknown`. */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, WeekQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, query.unit, 'names')
  const week = query.week ?? chinaToday()
  const [[counted], found] = await Promise.all([
    answerOf(desk.database.rpc('participations_by_week', { in_unit_id: unit.id, last_day: week, weeks: 1 })),
    answerOf(desk.database.rpc('week_records', { in_unit_id: unit.id, week_start: week, page_size: PAGE + 1, after_record_id: query.after })),
  ])
  const records = found.slice(0, PAGE).map(recordBehind)
  return {
    unit, trail, startsOn: counted!.week_start!, year: Number(counted!.week_start!.slice(0, 4)), personTimes: counted!.person_times!, records,
    isFirst: query.after === 0, next: found.length > PAGE ? records.at(-1)!.id : null,
  }
})
