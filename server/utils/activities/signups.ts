import type { H3Event } from 'h3'
import type { Signup } from '~~/shared/types/desk-activities'
import type { Supabase } from '../database'

/** Who signed up for an activity, in the order of the list. 404 `activity_unknown`. */
export async function signupsOf(database: Supabase, activityId: number): Promise<Signup[]> {
  const rows = await answerOf(database.rpc('signups_of_activity', { of_activity_id: activityId }))
  return rows.map(row => ({
    id: row.signup_id!, partyId: row.party_id!, pool: row.pool_id!, startsAt: row.starts_at, personId: row.person_id!, name: row.name!,
    birthYear: row.birth_year, home: row.home!, phone: row.phone,
    status: row.status as Signup['status'], place: row.place, priority: row.priority!, priorityReason: row.priority_reason, forOther: row.for_other as Signup['forOther'], consent: row.consent as Signup['consent'],
    byName: row.by_name, askedAt: row.asked_at!, offerEndsAt: row.offer_ends_at, endedAt: row.ended_at, endReason: row.end_reason,
  }))
}

/** The activity that a sign-up belongs to. 404 `signup_unknown`. */
export async function activityOfSignup(database: Supabase, id: number): Promise<number> {
  const signup = await answerOf(database.from('signups').select('seat_pools(activity_id)').eq('id', id).maybeSingle())
  if (!signup?.seat_pools) throw refusal(404, 'signup_unknown')
  return signup.seat_pools.activity_id
}

const BY_THE_PORTAL = ['activity_cancelled', 'session_cancelled', 'swapped', 'same_person', 'unmarked'] as const

/** Why a sign-up ended, in words: the portal's own reasons are codes. */
export function signupEndReason(event: H3Event, reason: string): string {
  const code = BY_THE_PORTAL.find(one => one === reason)
  return code ? deskTranslator(event)(`activities.signups.ended.${code}`) : reason
}
