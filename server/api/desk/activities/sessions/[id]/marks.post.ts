import { AttendanceMark, SessionId } from '~~/shared/schemas/desk-activities'

/**
 * Marks somebody as present: `in`, or `again` for who was marked before. 404 `person_unknown` for whom the asker does not know and
 * nobody signed up, 409 `session_not_begun` | `session_long_over` | `session_cancelled` | `mark_at_another_time`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { person, method, mark } = await readInput(event, AttendanceMark)
  const { database } = await requireDesk(event, 'people')
  const [marked] = await answerOf(database.rpc('mark_attendance', { of_session_id: id, marks: [{ clientId: mark ?? crypto.randomUUID(), personId: person, method }] }))
  if (marked!.outcome === 'unknown') throw refusal(404, 'person_unknown')
  if (marked!.outcome === 'at_another_time') throw refusal(409, 'mark_at_another_time')
  return { session: id, person: marked!.person_id!, name: marked!.name!, outcome: marked!.outcome as 'in' | 'again' }
}, (_event, { session, outcome, person }) => `/desk/activities/sessions/${session}?done=${outcome}&person=${person}`)
