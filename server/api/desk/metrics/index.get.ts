import { MetricsQuery } from '~~/shared/schemas/desk'

/** Residents reached ÷ population of a unit and of each unit right below it. 404 `unit_unknown`, 403 `unit_not_yours`, 422 `group_unknown`. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), group: groupId, sort, order } = readQuery(event, MetricsQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [rows, choices] = await Promise.all([coverageOf(desk.database, unit.id, year, groupId), figureChoices(desk.database, unit.id)])
  const group = chosenGroup(choices.groups, groupId)
  return { unit, trail, year, group, sort, order, rows: sortCoverage(rows, sort, order === 'desc'), ...choices }
})
