import { ReopeningDecision } from '~~/shared/schemas/periods'

/** Grants a request to reopen a report, or refuses it. 403 `report_own`, 409 `report_above_closed` | `report_not_waiting`. */
export default formHandler(async (event) => {
  const { desk, periodId, unit } = await requireReport(event, 'approval')
  const { decision, reason } = await readInput(event, ReopeningDecision)
  const { error } = await desk.database.rpc('decide_reopening', { of_period_id: periodId, of_unit_id: unit.id, is_granted: decision === 'grant', reason })
  if (error) throw databaseRefusal(error)
  return { periodId, unit: unit.code }
}, (_event, report) => reportPath(report))
