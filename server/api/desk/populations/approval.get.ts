import { PopulationQuery } from '~~/shared/schemas/populations'

/** Figures that wait for a decision below a unit. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, PopulationQuery)
  const desk = await requireDesk(event, 'approval')
  const { unit, trail } = await requireUnit(desk, code, 'approval')
  const [waiting, groups] = await Promise.all([
    answerOf(desk.database.rpc('populations_to_approve', { in_unit_id: unit.id })),
    populationGroups(desk.database),
  ])
  return {
    unit, trail, groups, total: waiting[0]?.total ?? 0,
    waiting: waiting.map(row => ({
      id: row.version_id!, unit: { code: row.unit_code!, name: row.unit_name!, above: row.above_name }, year: row.year!, group: row.group_id!, area: row.area as 'all' | 'urban' | 'rural',
      count: row.count, source: row.source!, asOf: row.as_of!, enteredAt: row.entered_at!, enteredBy: row.entered_by_username, isOwn: row.is_own!, approved: row.approved_count,
    })),
  }
})
