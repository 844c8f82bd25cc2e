import { ServiceBackfill, ShiftId } from '~~/shared/schemas/volunteers'

/** Enters hours later, for a second person to agree to. 409 `backfill_waits` | `service_confirmed` | `volunteer_needed`, 422 `backfill_reason_missing` | `check_outside_shift`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { person, startsAt, endsAt, reason } = await readInput(event, ServiceBackfill)
  const { database } = await requireDesk(event, 'people')
  return { shift: id, backfill: await answerOf(database.rpc('ask_service_backfill', { of_shift_id: id, of_person_id: person, starts_at: atChina(startsAt), ends_at: atChina(endsAt), reason })) as number }
}, (_event, { shift }) => `/desk/volunteers/shifts/${shift}?done=backfilled`)
