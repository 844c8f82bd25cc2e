import type { Session } from '../identity/session'

/** How somebody's sign-up stands: `place` is how many wait before and including them. */
export interface SignedUp { signup: number, name: string, status: string, place: number | null, isNew: boolean }

/** Signs people up for the seats of a pool as an account; none of them named, the account's own person. Thousands press in the same minute. */
export async function signUp({ accountId }: Session, pool: number, people: number[]): Promise<SignedUp[]> {
  const asked = people.length ? people : null
  return askAs<SignedUp>(accountId, (sql, claims) => sql`
    select one.signup_id::double precision as signup, one.name, one.status, one.place, one.is_new as "isNew"
    from set_config('request.jwt.claims', ${claims}, true) as claims, lateral public.sign_up(case when claims is not null then ${pool}::bigint end, ${asked}) one`)
}
