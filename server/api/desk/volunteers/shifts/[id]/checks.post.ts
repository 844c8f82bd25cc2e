import { ShiftId, StaffCheck } from '~~/shared/schemas/volunteers'

/** Checks a volunteer in or out now; or, with a reason, says when it was. 409 `check_too_early` | `check_time_needed` | `service_confirmed` | …, 422 `check_outside_shift`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { place, what, at, reason } = await readInput(event, StaffCheck)
  const { database } = await requireDesk(event, 'people')
  return { shift: id, at: await answerOf(database.rpc('set_service_check', { of_place_id: place, what, ...(at && { at: atChina(at), reason }) })) as string }
}, (_event, { shift }) => `/desk/volunteers/shifts/${shift}?done=checked`)
