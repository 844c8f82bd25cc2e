import { z } from 'zod'
import { AsOfQuery } from '~~/shared/schemas/desk-network'

const PAGE = 100

/** Where a school or learning point should be and is not, below a unit; and how many schools meet the standard; today or as of a day (`on`). */
export default defineEventHandler(async (event) => {
  const { unit: code, on = chinaToday(), page } = readQuery(event, AsOfQuery.extend({ page: z.coerce.number().int().min(1).max(1000).catch(1) }))
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const [missing, standards] = await Promise.all([
    answerOf(desk.database.rpc('network_missing', { in_unit_id: unit.id, day: on, page_size: PAGE, skip: (page - 1) * PAGE })),
    answerOf(desk.database.rpc('network_standards', { in_unit_id: unit.id, day: on })),
  ])
  const total = missing[0]?.total ?? 0
  return {
    unit, trail, on, today: chinaToday(), page, pages: Math.ceil(total / PAGE), total,
    missing: missing.map(row => ({ code: row.unit_code!, name: row.unit_name!, level: row.level as 'village', area: row.area as 'urban' | 'rural' | null, above: row.above_name })),
    standards: standards.map(row => ({ level: row.level as 'village', met: row.met!, notMet: row.not_met!, notJudged: row.not_judged! })),
  }
})
