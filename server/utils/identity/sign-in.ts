import type { H3Event } from 'h3'

/** Runs one of the identity library's ways to sign in and hands its cookie to the browser. */
export async function signIn(event: H3Event, run: (headers: Headers) => Promise<{ headers: Headers }>): Promise<void> {
  const headers = new Headers({ 'user-agent': (getHeader(event, 'user-agent') ?? '').slice(0, 200), 'x-forwarded-for': clientAddress(event) })
  const { headers: answered } = await run(headers).catch((error) => {
    throw isUnauthorized(error) ? refusal(401, 'password_wrong', { field: 'password' }) : error
  })
  for (const cookie of answered.getSetCookie()) appendResponseHeader(event, 'set-cookie', cookie)
}

/** Counts a try to sign in: 10 in ten minutes for one name or number, 100 for one address. @throws 429 `too_many_tries` */
export async function takeTry(event: H3Event, key: string): Promise<void> {
  const [row] = await identitySql()`
    select greatest(take(${key}, 10, '10 minutes'), take(${`sign-in:address:${clientAddress(event)}`}, 100, '10 minutes')) as wait`
  if (row!.wait > 0) throw refusal(429, 'too_many_tries', { secondsLeft: row!.wait })
}

/** The address a request comes from; a proxy's word is taken only where one is configured. */
export function clientAddress(event: H3Event): string {
  return getRequestIP(event, { xForwardedFor: portalSettings().trustProxy }) ?? 'unknown'
}

function isUnauthorized(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 401
}
