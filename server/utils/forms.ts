import type { EventHandlerResponse, H3Event, H3Error } from 'h3'
import type { Flash } from '~~/shared/types/flash'

// Typed secrets never come back, and a cookie has little room.
const NOT_RETURNED = new Set(['password', 'code', 'current', 'again'])
const LARGEST_FLASH = 2500

/**
 * A handler for both callers of a form: with scripts it answers JSON; a plain form is sent on to `done`, or back to where
 * it came from with the refusal and what was typed, so nothing is lost. Without an address in `done` the result itself is
 * the answer, as with a file.
 */
export function formHandler<T extends EventHandlerResponse>(
  handle: (event: H3Event) => Promise<T>,
  done: (event: H3Event, result: Awaited<T>) => string | undefined | Promise<string>,
) {
  return defineEventHandler(async (event) => {
    if (!isFormPost(event)) return handle(event)
    const back = localPath(getHeader(event, 'referer'))
    try {
      const result = await handle(event)
      const next = await done(event, result as Awaited<T>)
      return next === undefined ? result : await sendRedirect(event, next, 303)
    }
    catch (error) {
      const { data } = error as H3Error<{ code: string, details: Record<string, unknown> }>
      if (!data || !isRefusal(error as H3Error)) throw error
      const typed = Object.fromEntries([...new URLSearchParams(event.context.bodyText ?? '')].filter(([name]) => !NOT_RETURNED.has(name)))
      leaveFlash(event, { ...data, ...refusalTexts(event, data.code, data.details ?? {}), typed })
      return await sendRedirect(event, back, 303)
    }
  })
}

/** Keeps a note for the next page in a cookie of one minute that scripts cannot read. */
export function leaveFlash(event: H3Event, flash: Flash): void {
  const text = JSON.stringify(flash)
  const kept = text.length > LARGEST_FLASH ? JSON.stringify({ code: flash.code, message: flash.message, details: {}, typed: {} }) : text
  setCookie(event, 'flash', Buffer.from(kept).toString('base64url'), { httpOnly: true, sameSite: 'lax', maxAge: 60, path: '/' })
}

/** The path of an address of this site; anything else is the home page, so nobody is sent elsewhere. */
export function localPath(address: string | undefined): string {
  try {
    const { pathname, search } = new URL(address ?? '/', 'http://localhost')
    return /^\/(?![/\\])/.test(pathname) ? pathname + search : '/'
  }
  catch { return '/' }
}
