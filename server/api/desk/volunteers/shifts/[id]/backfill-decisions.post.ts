import { BackfillDecision, ShiftId } from '~~/shared/schemas/volunteers'

/** The second person agrees to hours entered later, or (with the reason) does not. 409 `second_person_needed` | `backfill_decided`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { backfill, choice, answer } = await readInput(event, BackfillDecision)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('decide_service_backfill', { of_backfill_id: backfill, agrees: choice === 'agree', answer })
  if (error) throw databaseRefusal(error)
  return { shift: id }
}, (_event, { shift }) => `/desk/volunteers/shifts/${shift}?done=decided`)
