import { SessionId } from '~~/shared/schemas/desk-activities'
import type { SessionHelper } from '~~/shared/types/desk-activities'

/** Who served at a session and what became of it, and shifts of the host at that time. 404 `session_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const desk = await requireDesk(event, 'people')
  const known = await answerOf(desk.database.from('activity_sessions').select('activity_id').eq('id', id).maybeSingle())
  if (!known) throw refusal(404, 'session_unknown')
  const activity = await activityAtDesk(desk.database, known.activity_id)
  const [helpers, shifts] = await Promise.all([
    answerOf(desk.database.rpc('session_helpers', { of_session_id: id })), answerOf(desk.database.rpc('shifts_beside_session', { of_session_id: id })),
  ])
  const session = activity.sessions.find(one => one.id === id)!
  return {
    activity: { id: activity.id, title: activity.title, unit: activity.unit },
    // Helpers are entered once it has begun.
    session: { ...session, isOpen: Date.parse(session.startsAt) <= Date.now() },
    helpers: helpers.map((row): SessionHelper => ({
      place: row.place_id!, personId: row.person_id!, name: row.name!, role: row.role!,
      shift: row.shift_id!, isOwn: row.is_own!, state: row.state as SessionHelper['state'], minutes: row.minutes!, milliCredits: row.milli_credits!,
    })),
    shifts: shifts.map(row => ({ id: row.shift_id!, title: row.title!, role: row.role!, startsAt: row.starts_at!,
      endsAt: row.ends_at!, places: row.places!, isTied: row.is_tied! })),
  }
})
