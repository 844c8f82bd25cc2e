import { HandIn } from '~~/shared/schemas/periods'

/** Hands in a unit's figures as they are now. 409 `period_not_over` | `report_handed_in_already`, 422 `report_late_reason` | `report_units_below_reason`. */
export default formHandler(async (event) => {
  const { desk, periodId, unit } = await requireReport(event, 'populations')
  const { reason } = await readInput(event, HandIn)
  const version = await answerOf(desk.database.rpc('hand_in_report', { of_period_id: periodId, of_unit_id: unit.id, reason }))
  return { version, periodId, unit: unit.code }
}, (_event, report) => reportPath(report))
