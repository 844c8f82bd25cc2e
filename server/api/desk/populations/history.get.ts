import { GapQuery } from '~~/shared/schemas/populations'

const PAGE = 100

/** Every version of a unit's figures of a year, the newest first. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), page } = readQuery(event, GapQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [versions, groups] = await Promise.all([
    answerOf(desk.database.rpc('population_history', { in_unit_id: unit.id, counted_year: year, page_size: PAGE, skip: (page - 1) * PAGE })),
    populationGroups(desk.database),
  ])
  const total = versions[0]?.total ?? 0
  return {
    page, pages: Math.ceil(total / PAGE), total,
    unit, trail, year, years: Array.from({ length: 8 }, (_, index) => thisYear() + 1 - index), groups,
    versions: versions.map(row => ({
      id: row.version_id!, group: row.group_id!, area: row.area as 'all' | 'urban' | 'rural', count: row.count, source: row.source!, asOf: row.as_of!,
      status: row.status as 'entered' | 'approved' | 'returned' | 'replaced', enteredAt: row.entered_at!, enteredBy: row.entered_by_username,
      decidedAt: row.decided_at, decidedBy: row.decided_by_username, reason: row.reason, inForce: row.in_force!,
    })),
  }
})
