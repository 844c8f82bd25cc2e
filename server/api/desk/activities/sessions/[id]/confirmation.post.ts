import { SessionId } from '~~/shared/schemas/desk-activities'
import type { ConfirmedPresence } from '~~/shared/types/desk-activities'

/** Confirms who came: records and credits, once each, and what became of everybody. 409 `session_not_over` | `nobody_marked`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'people')
  const rows = await answerOf(database.rpc('confirm_session', { of_session_id: id }))
  return {
    session: id,
    outcomes: rows.map((row): ConfirmedPresence => ({
      personId: row.person_id!, name: row.name!, outcome: row.outcome as ConfirmedPresence['outcome'], reason: row.reason, isNew: row.is_new!, minutes: row.counted_minutes!, milliCredits: row.milli_credits!,
    })),
  }
}, (_event, { session }) => `/desk/activities/sessions/${session}?done=confirmed`)
