import { isIP } from 'node:net'
import type { H3Event } from 'h3'

/** Runs one of the identity library's ways to sign in and hands its cookies to the browser. */
export async function signIn<T>(event: H3Event, run: (headers: Headers) => Promise<{ headers: Headers, response: T }>): Promise<T> {
  const headers = new Headers({ 'user-agent': (getHeader(event, 'user-agent') ?? '').slice(0, 200), 'x-forwarded-for': clientAddress(event) })
  const { headers: answered, response } = await run(headers).catch((error) => {
    throw isUnauthorized(error) ? refusal(401, 'password_wrong', { field: 'password' }) : error
  })
  keepCookies(event, answered)
  return response
}

export function keepCookies(event: H3Event, answered: Headers): void {
  for (const cookie of answered.getSetCookie()) appendResponseHeader(event, 'set-cookie', cookie)
}

/**
 * Counts a try to sign in, in ten minutes: 10 for one name or number from one address, 50 for it from anywhere (so that a
 * stranger's wrong tries do not lock its owner out), 100 for one address. @throws 429 `too_many_tries`
 */
export async function takeTry(event: H3Event, key: string): Promise<void> {
  const address = clientAddress(event)
  const [row] = await identitySql()`
    select greatest(take(${`${key}:${address}`}, 10, '10 minutes'), take(${key}, 50, '10 minutes'),
      take(${`sign-in:address:${address}`}, 100, '10 minutes')) as wait`
  if (row!.wait > 0) throw refusal(429, 'too_many_tries', { secondsLeft: row!.wait })
}

// Five wrong passwords for a name lock it for a quarter of an hour where they came from. Only there: a stranger's tries must
// not lock out the owner, and guessing from many addresses meets takeTry().
const failedKey = (event: H3Event, username: string) => `failed:staff:${username}:${clientAddress(event)}`
const FAILURES = 5

/** @throws 429 `account_locked` */
export async function refuseLocked(event: H3Event, username: string): Promise<void> {
  const [row] = await identitySql()`
    select greatest(1, ceil(extract(epoch from window_ends_at - clock_timestamp())))::integer as wait from limits
    where key = ${failedKey(event, username)} and taken >= ${FAILURES} and window_ends_at > clock_timestamp()`
  if (row) throw refusal(429, 'account_locked', { secondsLeft: row.wait })
}

export async function countFailure(event: H3Event, username: string): Promise<void> {
  await identitySql()`select take(${failedKey(event, username)}, ${FAILURES}, '15 minutes')`
}

export async function forgetFailures(event: H3Event, username: string): Promise<void> {
  await identitySql()`delete from limits where key = ${failedKey(event, username)}`
}

/**
 * The address a request comes from. Where a proxy is configured, the last hop it wrote: what stands before it in the
 * header is the visitor's own word.
 */
export function clientAddress(event: H3Event): string {
  const hop = portalSettings().trustProxy ? getHeader(event, 'x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return hop && isIP(hop) ? hop : getRequestIP(event) ?? 'unknown'
}

function isUnauthorized(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 401
}
