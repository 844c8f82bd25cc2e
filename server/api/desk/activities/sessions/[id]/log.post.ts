import { DeviceLog, DeviceMark, SessionId } from '~~/shared/schemas/desk-activities'

/**
 * Takes a piece of what a device wrote down, with or without network; sent again it says the same. Each mark is answered: `in`, `again`, or
 * why it does not count, `unreadable` for one that is damaged; one without an id of its own by its
 * `place` in the piece, from nought on. 409 `session_not_begun` | `session_long_over` | `session_cancelled` | `mark_id_taken`.
 */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { device, marks } = await readInput(event, DeviceLog)
  const { database } = await requireDesk(event, 'people')
  const read = marks.map((mark, place) => ({ place, clientId: idOf(mark), said: DeviceMark.safeParse(mark).data }))
  const whole = read.flatMap(({ said }) => said ?? [])
  const rows = whole.length === 0 ? [] : await answerOf(database.rpc('mark_attendance', { of_session_id: id, marks: whole.map(({ person, ...mark }) => ({ ...mark, device, ...(person && { personId: person }) })) }))
  return {
    now: Date.now(),
    answers: [
      ...rows.map(row => ({ clientId: row.client_id!, personId: row.person_id, name: row.name, outcome: row.outcome! })),
      ...read.filter(({ said }) => !said).map(({ clientId, place }) => ({ clientId, place, personId: null, name: null, outcome: 'unreadable' })),
    ],
  }
})

/** The id of a mark that is damaged otherwise; null where there is none. */
function idOf(mark: unknown): string | null {
  const { clientId } = (typeof mark === 'object' && mark !== null ? mark : {}) as { clientId?: unknown }
  return typeof clientId === 'string' && clientId.length <= 64 ? clientId : null
}
