import { Decision } from '~~/shared/schemas/periods'

/** Approves a report or sends it back. 403 `report_own`, 409 `report_changed` | `report_not_waiting`, 422 `report_reason_missing`. */
export default formHandler(async (event) => {
  const { desk, periodId, unit } = await requireReport(event, 'approval')
  const { version, decision, reason } = await readInput(event, Decision)
  const { error } = await desk.database.rpc('decide_report', { of_period_id: periodId, of_unit_id: unit.id, seen_version: version, is_approved: decision === 'approve', reason })
  if (error) throw databaseRefusal(error)
  return { periodId, unit: unit.code }
}, (_event, report) => reportPath(report))
