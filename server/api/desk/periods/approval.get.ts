import { PeriodsQuery } from '~~/shared/schemas/periods'

const MOST = 30

/** Reports of the units right below that wait to be decided on in a period, each with what speaks against approving it unread. 404 `period_unknown`. */
export default defineEventHandler(async (event) => {
  const { unit: code, ...query } = readQuery(event, PeriodsQuery)
  const desk = await requireDesk(event, 'approval')
  const { unit, trail } = await requireUnit(desk, code, 'approval')
  const { period } = await choosePeriod(desk.database, query)
  if (!period) throw refusal(404, 'period_unknown')
  const rows = await answerOf(desk.database.rpc('reports_to_approve', { of_period_id: period.id, in_unit_id: unit.id, page_size: MOST }))
  return {
    unit, trail, period, total: rows[0]?.total ?? 0,
    waiting: rows.map(row => ({
      code: row.code!, name: row.name!, version: row.version!, handedInAt: row.handed_in_at!, handedInBy: row.handed_in_by,
      exception: row.exception, drift: row.drift, isOwn: row.is_own!,
    })),
  }
})
