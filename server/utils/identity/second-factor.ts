import { createHmac } from 'node:crypto'
import type { H3Event } from 'h3'
import { renderSVG } from 'uqr'

// The library's words for what was wrong, and ours: [status, code, the field it belongs to].
const REFUSALS: Record<string, [number, string, string?]> = {
  INVALID_CODE: [422, 'factor_code_wrong', 'code'],
  INVALID_BACKUP_CODE: [422, 'backup_code_wrong', 'code'],
  INVALID_TWO_FACTOR_COOKIE: [401, 'factor_challenge_over'],
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: [429, 'factor_too_many_tries'],
  ACCOUNT_TEMPORARILY_LOCKED: [429, 'factor_locked'],
  INVALID_PASSWORD: [422, 'password_current_wrong', 'password'],
  TOTP_ALREADY_ENABLED: [409, 'second_factor_on'],
  TOTP_NOT_ENABLED: [409, 'second_factor_off'],
  TWO_FACTOR_NOT_ENABLED: [409, 'second_factor_off'],
  BACKUP_CODES_NOT_ENABLED: [409, 'second_factor_off'],
  UNAUTHORIZED: [401, 'sign_in_needed'],
  // Two took codes of the same list at once: the library has no word of its own for that, only the kind of error.
  CONFLICT: [409, 'factor_taken_at_once', 'code'],
}

/**
 * Calls the library about a second factor with one cookie of the request, and hands back what it sets: the session's, or that of a
 * sign-in that waits, in which a session of somebody else in the same browser has no part. @throws as REFUSALS
 */
export async function withFactor<T>(event: H3Event, of: 'session' | 'challenge', call: (headers: Headers) => Promise<{ headers: Headers, response: T }>): Promise<T> {
  const name = of === 'session' ? sessionCookieName() : challengeCookieName()
  const headers = new Headers({ 'cookie': `${name}=${encodeURIComponent(getCookie(event, name) ?? '')}`, 'user-agent': (getHeader(event, 'user-agent') ?? '').slice(0, 200), 'x-forwarded-for': clientAddress(event) })
  const { headers: answered, response } = await call(headers).catch((error) => {
    const { body, status: kind } = error as { body?: { code?: string }, status?: string }
    const [status, code, field] = REFUSALS[body?.code ?? ''] ?? REFUSALS[kind ?? ''] ?? []
    throw status ? refusal(status, code!, field ? { field } : {}) : error
  })
  keepCookies(event, answered)
  return response
}

const challengeCookieName = () => `${portalSettings().isSecure ? '__Secure-' : ''}linxue.two_factor`

/** Whose sign-in waits for a code: told by the cookie of the challenge. @throws 401 `factor_challenge_over` */
export async function challengedAccount(event: H3Event): Promise<string> {
  const [identifier] = (getCookie(event, challengeCookieName()) ?? '').split('.')
  const [row] = await identitySql()`select value from verifications where identifier = ${identifier ?? ''} and expires_at > now()`
  if (!row) throw refusal(401, 'factor_challenge_over')
  return row.value as string
}

/**
 * Opens with a code of the app, which holds for a minute and a half but opens once. It is marked before it is judged, so that of two at once one
 * opens; one that did not open is no used one, and is called wrong again when it is typed again. @throws 422 `factor_code_used`, and what `open` throws
 */
export async function openOnce<T>(accountId: string, code: string, open: () => Promise<T>): Promise<T> {
  const mark = createHmac('sha256', portalSettings().sessionSecret).update(`${accountId}:${code}`).digest('base64url').slice(0, 22)
  const key = `factor-code:${accountId}:${mark}`
  const [row] = await identitySql()`select take(${key}, 1, '2 minutes') as wait`
  if (row!.wait > 0) throw refusal(422, 'factor_code_used', { field: 'code' })
  return open().catch(async (error) => {
    await identitySql()`delete from limits where key = ${key}`
    throw error
  })
}

/** What an app needs to make codes: an image to scan, and the same to type. */
export function factorImage(totpUri: string, username: string): { image: string, secret: string } {
  const secret = new URL(totpUri).searchParams.get('secret')!
  const issuer = encodeURIComponent('Linxue 邻学')
  const uri = `otpauth://totp/${issuer}:${encodeURIComponent(username)}?secret=${secret}&issuer=${issuer}&digits=6&period=30`
  return { image: `data:image/svg+xml;base64,${Buffer.from(renderSVG(uri, { border: 3, ecc: 'M' })).toString('base64')}`, secret }
}
