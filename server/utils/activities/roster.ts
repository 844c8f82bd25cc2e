import type { RosterEntry } from '~~/shared/types/desk-activities'
import type { Supabase } from '../database'

/** Everybody of a session, by the sound of the names. 404 `session_unknown`. */
export async function rosterOf(database: Supabase, sessionId: number): Promise<RosterEntry[]> {
  const rows = await answerOf(database.rpc('session_roster', { of_session_id: sessionId }))
  return rows.map(row => ({
    personId: row.person_id!, name: row.name!, birthYear: row.birth_year, home: row.home!, phone: row.phone, signup: row.status as RosterEntry['signup'], isOnLeave: row.on_leave!,
    method: row.method as RosterEntry['method'], seenAt: row.seen_at, times: row.times!, record: row.participation_id, attended: row.attended, milliCredits: row.milli_credits, number: row.number,
  }))
}
