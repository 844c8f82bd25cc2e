import { FigureRecordsQuery } from '~~/shared/schemas/desk'

const PAGE = 50

/**
 * The records that person-times and hours of a figure are made of, 50 at a time, with the figure, where it is counted, and what the records come to.
 * Only for posts that see the people behind it; others are told the figure, if that is not hidden.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, FigureRecordsQuery)
  const { axis, slice, after } = query
  const desk = await requireDesk(event, 'figures')
  const { view, ...figure } = await figureOfPeople(desk, query)
  const { unit, year, group } = figure
  const [found, counted, cells, seesNames] = await Promise.all([
    recordsBehind(desk.database, { ...figure, view }, query, after, PAGE + 1),
    recordsCounted(desk.database, { ...figure, view }, query),
    cellsOf(desk.database, unit.id, year, view, axis),
    answerOf(desk.database.rpc('sees_people_at', { in_unit_id: unit.id, of_group: group.id, axis_name: axis })),
  ])
  const records = found.slice(0, PAGE)
  const last = records.at(-1)
  const cell = cellOfPart(cells, group.id, slice) ?? (slice === undefined ? { personTimes: 0, hours: 0 } : null)
  return {
    ...figure, axis, slice: slice ?? null, records, counted, seesNames,
    figure: cell && { personTimes: cell.personTimes, hours: cell.hours },
    isFirst: after === undefined, next: found.length > PAGE && last ? `${last.person}.${last.id}` : null,
  }
})
