import { AttendanceUnmark, SessionId } from '~~/shared/schemas/desk-activities'

/** Takes back whatever marks somebody has. 409 `attendance_on_record`: what is on record is corrected there. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { person } = await readInput(event, AttendanceUnmark)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('unmark_attendance', { of_session_id: id, of_person_id: person }))
  return { session: id, person }
}, (_event, { session }) => `/desk/activities/sessions/${session}?done=out`)
