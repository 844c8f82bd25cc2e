import { NewPeriods, REPORT_LEVELS } from '~~/shared/schemas/periods'

/** Opens the reporting periods of a year for the region. 409 `periods_open_already`, 422 per field. */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const input = await readInput(event, NewPeriods)
  return await answerOf(desk.database.rpc('open_periods', {
    opened_year: input.year, rhythm: input.rhythm, due_days: input.dueDays, levels: REPORT_LEVELS.filter(level => input[level]),
  }))
}, () => '/desk/periods')
