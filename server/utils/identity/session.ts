import { createHmac, timingSafeEqual } from 'node:crypto'
import type { H3Event } from 'h3'
import { LRUCache } from 'lru-cache'
import type { Supabase } from '../database'

/** Who is asking, and a database client that asks as them. */
export interface Session {
  accountId: string
  token: string
  /** Why the password opens nothing but its own change: it is the first one, or too old. */
  passwordChange: 'first' | 'age' | null
  /** A code is asked for at sign-in. */
  hasFactor: boolean
  /** A post asks for one, and there is none yet. */
  mustSetFactor: boolean
  database: Supabase
}

// A revoked session is refused by every process within this time, by this process at once.
const REMEMBERED_MS = 20_000
const remembered = new LRUCache<string, Omit<Session, 'database'>>({ max: 20_000, ttl: REMEMBERED_MS })

/** The session of the request, or null for a visitor. */
export async function currentSession(event: H3Event): Promise<Session | null> {
  if (event.context.session !== undefined) return event.context.session
  return event.context.session = await findSession(event)
}

/** The session of the request. @throws 401 `sign_in_needed`, 403 `password_change_needed`: until then it opens only the change itself */
export async function requireSession(event: H3Event): Promise<Session> {
  const session = await requireAnySession(event)
  if (session.passwordChange) throw refusal(403, 'password_change_needed')
  return session
}

/** The same, also of whoever has to change the password first: for the change itself. @throws 401 `sign_in_needed` */
export async function requireAnySession(event: H3Event): Promise<Session> {
  const session = await currentSession(event)
  if (!session) throw refusal(401, 'sign_in_needed')
  return session
}

export function forgetSession(cookie: string | undefined): void {
  if (cookie) remembered.delete(cookie)
}

/** The one cookie that counts: behind https the one that only https can set, so that no other can be planted beside it. */
export function sessionCookieName(): string {
  return portalSettings().isSecure ? '__Secure-linxue.session_token' : 'linxue.session_token'
}

export function sessionCookie(event: H3Event): string | undefined {
  return getCookie(event, sessionCookieName())
}

async function findSession(event: H3Event): Promise<Session | null> {
  const cookie = sessionCookie(event)
  if (!cookie) return null
  let known = remembered.get(cookie)
  if (!known) {
    const found = await readSession(cookie)
    if (!found) return null
    remembered.set(cookie, known = found)
  }
  return { ...known, database: databaseAs(known.accountId) }
}

// One question to the database: everybody who presses in the same minute comes by here.
async function readSession(cookie: string): Promise<Omit<Session, 'database'> | null> {
  const token = signedToken(cookie)
  if (!token) return null
  const [row] = await identitySql()`
    select touched.account_id, account.second_factor, account.must_set_factor,
      case when account.must_change_password then coalesce(account.must_change_because, 'first') end as password_change
    from touch_session(${token}) touched (account_id) left join accounts account on account.id = touched.account_id`
  const accountId = row?.account_id as string | null
  if (!accountId) return null
  return {
    accountId, token, passwordChange: row!.password_change as Session['passwordChange'],
    hasFactor: row!.second_factor as boolean, mustSetFactor: row!.must_set_factor as boolean,
  }
}

// The library's cookie is the token and its HMAC-SHA-256 in base64: what it did not sign is not looked for.
function signedToken(cookie: string): string | null {
  const at = cookie.lastIndexOf('.')
  const token = cookie.slice(0, at)
  // As text: of the many ways to write the same bytes one counts, so that a session has one cookie.
  const signature = Buffer.from(cookie.slice(at + 1))
  const expected = Buffer.from(createHmac('sha256', portalSettings().sessionSecret).update(token).digest('base64'))
  return at > 0 && signature.length === expected.length && timingSafeEqual(signature, expected) ? token : null
}

declare module 'h3' {
  interface H3EventContext { session?: Session | null }
}
