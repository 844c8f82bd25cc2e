import { LecturerBookingId, LecturerStep } from '~~/shared/schemas/lecturers'

/** Agrees, refuses, calls off, or says that a talk was held. 403 `unit_not_yours`, 404 `booking_unknown`, 409 by what stands in the way. */
export default formHandler(async (event) => {
  const { id } = readParams(event, LecturerBookingId)
  const { step, reason, listeners } = await readInput(event, LecturerStep)
  const { database } = await requireDesk(event, 'activities')
  return { lecturer: await answerOf(database.rpc('step_lecturer_booking', { of_booking_id: id, step, reason, listeners: listeners ?? null! })) }
}, () => '/desk/lecturers?done=stepped')
