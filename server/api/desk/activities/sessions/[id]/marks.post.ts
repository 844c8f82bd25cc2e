import { AttendanceMark, SessionId } from '~~/shared/schemas/desk-activities'

/**
 * Marks somebody as present: `in`, or `again` for who was marked before. 404 `person_unknown` for whom the asker does not know and
 * nobody signed up, 409 `session_not_begun` | `session_long_over` | `session_cancelled` | `mark_at_another_time` | `mark_taken_back` | `person_left`, and
 * `session_full_at_door` for whom there is no seat and no reason, `extra`, why one is added.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { person, method, mark, extra } = await readInput(event, AttendanceMark)
  const { database } = await requireDesk(event, 'people')
  const [marked] = await answerOf(database.rpc('mark_attendance', { of_session_id: id, marks: [{ clientId: mark ?? crypto.randomUUID(), personId: person, method, ...(extra && { extra }) }] }))
  if (marked!.outcome === 'unknown') throw refusal(404, 'person_unknown')
  if (marked!.outcome === 'at_another_time') throw refusal(409, 'mark_at_another_time')
  if (marked!.outcome === 'person_left') throw refusal(409, 'person_left')
  if (marked!.outcome === 'taken_back') throw refusal(409, 'mark_taken_back')
  if (marked!.outcome === 'full') throw refusal(409, 'session_full_at_door', { name: marked!.name, person: marked!.person_id })
  return { session: id, person: marked!.person_id!, name: marked!.name!, outcome: marked!.outcome as 'in' | 'again' }
}, (_event, { session, outcome, person }) => `/desk/activities/sessions/${session}?done=${outcome}&person=${person}`)
