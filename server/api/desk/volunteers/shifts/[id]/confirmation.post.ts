import { ShiftId } from '~~/shared/schemas/volunteers'
import type { ConfirmedService } from '~~/shared/types/volunteers'

/** Confirms a shift that is over: service records, records of participation and credits, once each. 409 `shift_not_over` | `shift_cancelled`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { database } = await requireDesk(event, 'people')
  const rows = await answerOf(database.rpc('confirm_service', { of_shift_id: id }))
  return {
    shift: id,
    outcomes: rows.map((row): ConfirmedService => ({ place: row.place_id!, name: row.name!, outcome: row.outcome as ConfirmedService['outcome'], isNew: row.is_new!, minutes: row.minutes!, milliCredits: row.milli_credits! })),
  }
}, (_event, { shift }) => `/desk/volunteers/shifts/${shift}?done=confirmed`)
