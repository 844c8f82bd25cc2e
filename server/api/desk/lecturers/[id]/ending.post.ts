import { LecturerId } from '~~/shared/schemas/lecturers'

/** Ends somebody's membership. 403 `unit_not_yours`, 404 `lecturer_unknown`, 409 `lecturer_booked`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, LecturerId)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('end_lecturer', { of_lecturer_id: id }))
  return { id }
}, () => '/desk/lecturers?done=ended')
