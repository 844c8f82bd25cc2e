import { ShiftId, ShiftPerson } from '~~/shared/schemas/volunteers'

/** Gives a volunteer a place in a shift that is not over. 409 `volunteer_needed` | `shift_full` | `shift_begun`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { person } = await readInput(event, ShiftPerson)
  const { database } = await requireDesk(event, 'people')
  const [row] = await answerOf(database.rpc('take_service_place', { of_shift_id: id, of_person_id: person }))
  return { shift: id, place: row!.place_id! }
}, (_event, { shift }) => `/desk/volunteers/shifts/${shift}?done=added`)
