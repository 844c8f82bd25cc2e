import type { H3Event } from 'h3'
import { renderSVG } from 'uqr'

const COOKIE = 'check-in'
const SERVICE_COOKIE = 'check-in-service'
const PASS_SECONDS = 15 * 60

/** The pass of whoever has scanned the screen of a session or said its word: kept while they sign in, by no script to be read. */
export function checkInPass(event: H3Event): string | undefined {
  return getCookie(event, COOKIE)
}

export function keepCheckInPass(event: H3Event, pass: string): void {
  setCookie(event, COOKIE, pass, { httpOnly: true, sameSite: 'lax', maxAge: PASS_SECONDS, path: '/', secure: portalSettings().isSecure })
}

/** The same of a shift, beside that of a session. */
export function servicePass(event: H3Event): string | undefined {
  return getCookie(event, SERVICE_COOKIE)
}

export function keepServicePass(event: H3Event, pass: string): void {
  setCookie(event, SERVICE_COOKIE, pass, { httpOnly: true, sameSite: 'lax', maxAge: PASS_SECONDS, path: '/', secure: portalSettings().isSecure })
}

/** The code on the screen of a session, or (`service/…`) of a shift: the address it holds, and its image. */
export function checkInCode(event: H3Event, code: string): { address: string, image: string } {
  const address = `${(portalSettings().publicUrl ?? getRequestURL(event).origin).replace(/\/$/, '')}/check-in/${code}`
  return { address, image: `data:image/svg+xml;base64,${Buffer.from(renderSVG(address, { border: 2, ecc: 'M' })).toString('base64')}` }
}
