import type { PostgrestError } from '@supabase/supabase-js'
import { createError, type H3Error } from 'h3'

/**
 * Says no with a status and a stable code. Answered as `{ code, message, details }`, the message in the reader's language
 * (i18n `errors.<code>`); `details.field` names the input it belongs to.
 */
export function refusal(status: number, code: string, details: Record<string, unknown> = {}): H3Error {
  return createError({ statusCode: status, statusMessage: code, data: { code, details } })
}

/** Whether an error is a refusal and may be told by its code; of the server's own faults only what says "not now" (503). */
export function isRefusal({ statusCode, data }: { statusCode: number, data?: unknown }): boolean {
  return Boolean((data as { code?: string } | undefined)?.code) && (statusCode < 500 || statusCode === 503)
}

/** Turns what the database refused into the same refusal: functions raise `PT<status>` with the code as message. */
export function databaseRefusal(error: Pick<PostgrestError, 'code' | 'message'> & { details: string | null }): H3Error {
  const status = /^PT(\d{3})$/.exec(error.code ?? '')?.[1]
  if (status) return refusal(Number(status), error.message, parseDetails(error.details))
  if (error.code === '42501') return refusal(403, 'forbidden')
  // With the cause, which names the file in the log.
  if (error.code === '53100' || /^could not (?:extend|write)/.test(error.message)) return Object.assign(refusal(503, 'no_room'), { cause: error })
  return createError({ statusCode: 500, statusMessage: 'database_error', cause: error, message: `${error.code}: ${error.message}` })
}

function parseDetails(details: string | null): Record<string, unknown> {
  try { return JSON.parse(details ?? '{}') as Record<string, unknown> }
  catch { return {} } // PostgREST's own details are prose
}
