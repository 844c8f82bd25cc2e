import { Reopening } from '~~/shared/schemas/periods'

/** Asks the unit above to open an approved report again. 409 `report_not_approved`, 422 `report_reason_missing`. */
export default formHandler(async (event) => {
  const { desk, periodId, unit } = await requireReport(event, 'populations')
  const { reason } = await readInput(event, Reopening)
  const { error } = await desk.database.rpc('ask_reopening', { of_period_id: periodId, of_unit_id: unit.id, reason })
  if (error) throw databaseRefusal(error)
  return { periodId, unit: unit.code }
}, (_event, report) => reportPath(report))
