import { PeriodDue, PeriodParams } from '~~/shared/schemas/periods'

/** Changes the day until which a period's reports are in time. 404 `period_unknown`, 422 `period_due_on`. */
export default formHandler(async (event) => {
  const { period } = readParams(event, PeriodParams)
  const desk = await requireDesk(event, 'approval')
  const { dueOn } = await readInput(event, PeriodDue)
  const { error } = await desk.database.rpc('change_period_due', { of_period_id: period, new_due_on: dueOn })
  if (error) throw databaseRefusal(error)
  return { period }
}, (_event, { period }) => `/desk/periods?period=${period}`)
