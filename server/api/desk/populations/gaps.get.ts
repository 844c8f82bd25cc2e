import { GapQuery } from '~~/shared/schemas/populations'

const PAGE = 50

/** Which figures are missing below a unit in a year, and who should hand them in. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), page } = readQuery(event, GapQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [gaps, groups] = await Promise.all([
    answerOf(desk.database.rpc('population_gaps', { in_unit_id: unit.id, counted_year: year, page_size: PAGE, skip: (page - 1) * PAGE })),
    populationGroups(desk.database),
  ])
  const total = gaps[0]?.total ?? 0
  return {
    unit, trail, year, years: Array.from({ length: 8 }, (_, index) => thisYear() + 1 - index), page, pages: Math.ceil(total / PAGE), total,
    gaps: gaps.map(gap => ({
      code: gap.unit_code!, name: gap.unit_name!, above: gap.above_name, groups: groups.filter(({ id }) => gap.group_ids?.includes(id)),
      responsible: gap.responsible as unknown as { unit: string, roleZh: string, roleEn: string, name: string | null }[],
    })),
  }
})
