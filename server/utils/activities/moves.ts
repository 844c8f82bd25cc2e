import type { H3Event } from 'h3'
import type { MySignUp } from '~~/shared/types/activities'
import type { Supabase } from '../database'

/** Of those who wait with a seat of their own: by sign-up, when that seat is. */
export async function waitsWithSeat(database: Supabase): Promise<Map<number, string>> {
  return new Map((await answerOf(database.rpc('my_waits'))).map(row => [row.signup_id!, row.starts_at!]))
}

/** How a sign-up stands that waits, or has an offer, with a seat of its own: before it is taken it is said what goes back. Undefined where the usual words will do. */
export function waitWords(event: H3Event, { id, status, ahead, offerEndsAt }: Pick<MySignUp, 'id' | 'status' | 'ahead' | 'offerEndsAt'>, waits: Map<number, string>): string | undefined {
  const kept = waits.get(id)
  if (!kept) return undefined
  const { lang } = preferencesOf(event)
  return calendarToldIn(lang)(`moves.${status === 'waiting' && !ahead ? 'next' : status as 'waiting' | 'offered'}`, { count: ahead ?? 0, time: formatMoment(kept, lang), until: offerEndsAt ? formatMoment(offerEndsAt, lang) : '' })
}

/** Where the asker has seats for several, and to which other sessions each seat can be changed or for which it can wait. */
export async function mySeats(event: H3Event) {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const [signups, moves] = await Promise.all([answerOf(database.rpc('my_signups')), answerOf(database.rpc('my_moves'))])
  const live = signups.filter(one => one.ended_at === null && one.starts_at !== null && Date.parse(one.last_ends_at!) > Date.now())
  const parties = [...Map.groupBy(live, one => one.pool_id!).values()].filter(of => of.length > 1)
  return {
    parties: parties.map(of => ({
      pool: of[0]!.pool_id!, title: of[0]!.title!, code: of[0]!.activity_code!, startsAt: of[0]!.starts_at!,
      people: of.map(one => ({ signup: one.signup_id!, name: one.name!, isMe: one.is_me! })),
    })),
    seats: [...Map.groupBy(moves, one => one.signup_id!).values()].map(of => ({
      signup: of[0]!.signup_id!, title: of[0]!.title!, code: of[0]!.activity_code!, name: of[0]!.name!, isMe: of[0]!.is_me!, startsAt: of[0]!.from_at!,
      others: of.map(one => ({ pool: one.pool_id!, startsAt: one.starts_at!, endsAt: one.ends_at!, isFree: one.outcome === 'swap' })),
    })),
  }
}
