import { LecturerId, LecturerRequest } from '~~/shared/schemas/lecturers'

/** Asks for a talk at a village or school. 403 `unit_not_yours`, 404 `lecturer_unknown`, 409 `lecturer_taken` | `lecturer_away` | `lecturer_not_free`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, LecturerId)
  const { unit: code, date, start, end, topic, place, outside } = await readInput(event, LecturerRequest)
  const desk = await requireDesk(event, 'activities')
  const { unit } = await requireUnit(desk, code, 'activities')
  return { booking: await answerOf(desk.database.rpc('ask_lecturer', { of_lecturer_id: id, at_unit_id: unit.id, from_at: atChina(`${date}T${start}`), until_at: atChina(`${date}T${end}`), topic, place, outside })) }
}, () => '/desk/lecturers?done=asked')
