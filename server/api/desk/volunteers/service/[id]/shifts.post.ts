import { OpportunityId, ShiftFields } from '~~/shared/schemas/volunteers'

/** Adds a shift, or gives one other places. 409 `shift_twice` | `places_below_taken`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, OpportunityId)
  const { shift, startsAt, endsAt, capacity } = await readInput(event, ShiftFields)
  const { database } = await requireDesk(event, 'activities')
  const at = (typed?: string) => typed ? atChina(typed) : null!
  return { opportunity: id, shift: await answerOf(database.rpc('save_shift', { of_opportunity_id: id, of_shift_id: shift ?? null!, starts_at: at(startsAt), ends_at: at(endsAt), capacity })) as number }
}, (_event, { opportunity }) => `/desk/volunteers/service/${opportunity}?done=shift`)
