import { LecturerBookingId, LecturerPlan } from '~~/shared/schemas/lecturers'

/** Makes a plan of a talk that was agreed to. 404 `booking_unknown`, 409 `booking_not_agreed` | `booking_planned` | `booking_begun`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, LecturerBookingId)
  const { category } = await readInput(event, LecturerPlan)
  const { database } = await requireDesk(event, 'activities')
  return { activity: await answerOf(database.rpc('plan_lecturer_booking', { of_booking_id: id, of_category_id: category })) }
}, (_event, { activity }) => `/desk/activities/${activity}?done=saved`)
