import { RangesQuery } from '~~/shared/schemas/range-figures'

const PAGE = 30

/** Ranges of days that were counted for a unit and those below it, the newest first. 403 `names_hidden` | `unit_not_yours`, 404 `unit_unknown`. */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, RangesQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, query.unit, 'names')
  const { path } = await answerOf(desk.database.from('units').select('path').eq('id', unit.id).single())
  const { data, count, error } = await desk.database.from('range_figures').select(RANGE_COLUMNS, { count: 'exact' }).filter('units.path', 'cd', path)
    .order('id', { ascending: false }).range((query.page - 1) * PAGE, query.page * PAGE - 1)
  if (error && error.code !== 'PGRST103') throw databaseRefusal(error)
  return { unit, trail, today: chinaToday(), page: query.page, pages: Math.ceil((count ?? 0) / PAGE), ranges: (data ?? []).map(row => rangeOf(row, desk.me.person?.id)) }
})
