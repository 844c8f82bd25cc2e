import { PeriodParams, PeriodWithdrawal } from '~~/shared/schemas/periods'

/** Withdraws a period of which nothing was handed in. 404 `period_unknown`, 409 `period_has_reports`, 422 `period_withdraw_sure`. */
export default formHandler(async (event) => {
  const { period } = readParams(event, PeriodParams)
  const desk = await requireDesk(event, 'approval')
  await readInput(event, PeriodWithdrawal)
  const { error } = await desk.database.rpc('withdraw_period', { of_period_id: period })
  if (error) throw databaseRefusal(error)
  return { withdrawn: period }
}, () => '/desk/periods')
