import { LecturerAway, LecturerId } from '~~/shared/schemas/lecturers'

/**
 * Says that somebody is away from one day to another, or takes an absence back. 403 `unit_not_yours`, 404 `lecturer_unknown`,
 * 409 `lecturer_booked_then` | `away_already`, 422 by field.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, LecturerId)
  const { absence, from, until } = await readInput(event, LecturerAway)
  const { database } = await requireDesk(event, 'activities')
  await answerOf(database.rpc('set_lecturer_away', { of_lecturer_id: id, from_on: from ?? null!, until_on: until ?? null!, of_absence_id: absence ?? null! }))
  return { id }
}, () => '/desk/lecturers?done=saved')
