import { PopulationQuery } from '~~/shared/schemas/populations'

/**
 * The grid of a unit and year: its own official totals and the figures of the administrations right below it in that year, what waits
 * beside what is in force, the sums, and how many people were reached.
 */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear() } = readQuery(event, PopulationQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [grid, sums, groups, mine, approvals, reached] = await Promise.all([
    everyRow((from, to) => desk.database.rpc('population_grid', { in_unit_id: unit.id, counted_year: year }).range(from, to)),
    answerOf(desk.database.rpc('population_sums', { in_unit_id: unit.id, counted_year: year })),
    populationGroups(desk.database),
    answerOf(desk.database.rpc('unit_trail', { unit_code: unit.code, sight: 'populations' })),
    answerOf(desk.database.rpc('populations_to_approve', { in_unit_id: unit.id, page_size: 1 })),
    peopleReached(desk.database, unit.id, year),
  ])
  const units = [...new Map(grid.map(row => [row.unit_code!, { code: row.unit_code!, name: row.unit_name!, isParent: row.is_parent!, canEnter: row.can_enter! }])).values()]
  return {
    unit, trail, year, years: Array.from({ length: 8 }, (_, index) => thisYear() + 1 - index), groups, today: chinaToday(),
    canEnter: mine.at(-1)?.in_sight ?? false, waiting: approvals[0]?.total ?? 0, units, reached,
    cells: grid.filter(row => row.group_id).map(row => ({
      unit: row.unit_code!, group: row.group_id!, area: row.area!, count: row.count, source: row.source, asOf: row.as_of, status: row.status as 'entered' | 'approved' | null,
      waiting: row.waiting_count, withdraws: row.waiting_withdraws!, returned: row.returned_reason,
    })),
    sums: sums.map(row => ({ group: row.group_id!, own: row.own, below: row.below, missing: row.missing! })),
  }
})
