import { YearClosing } from '~~/shared/schemas/statements'

/** Begins to close a learning year; begun already, it is the same one. 403 `unit_not_yours`, 409 `year_not_next` | `year_not_over` | `year_running`. */
export default formHandler(async (event) => {
  const { startsOn } = await readInput(event, YearClosing)
  const { database } = await requireDesk(event, 'approval')
  const id = await answerOf(database.rpc('close_credit_year', { starts_on: startsOn }))
  await startJob(SETTLEMENT_JOB, { id }, String(id))
  return { year: id }
}, () => '/desk/credits/settlement')
