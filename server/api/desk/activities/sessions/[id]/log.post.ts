import { DeviceLog, SessionId } from '~~/shared/schemas/desk-activities'

/**
 * Takes a piece of what a device wrote down, with or without network; sent again it says the same. Each mark is answered: `in`, `again`, or
 * why it does not count. 409 `session_not_begun` | `session_long_over` | `session_cancelled` | `mark_id_taken`.
 */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { device, marks } = await readInput(event, DeviceLog)
  const { database } = await requireDesk(event, 'people')
  const rows = await answerOf(database.rpc('mark_attendance', { of_session_id: id, marks: marks.map(({ person, ...mark }) => ({ ...mark, device, ...(person && { personId: person }) })) }))
  return { now: Date.now(), answers: rows.map(row => ({ clientId: row.client_id!, personId: row.person_id, name: row.name, outcome: row.outcome! })) }
})
