import type { NitroErrorHandler } from 'nitropack'

/**
 * Errors of `/api`: `{ code, message, messages, details }`, the messages in the reader's language, those of fields by their names. What was not foreseen is logged
 * whole and answered without detail. Pages are left to Nuxt, which shows error.vue.
 */
const handleError: NitroErrorHandler = async (error, event) => {
  const unforeseen = error.unhandled || error.fatal || error.statusCode >= 500
  if (unforeseen) logFault(event, error)
  if (!event.path.startsWith('/api/')) return
  const { code, details } = codeOf(error)
  setResponseStatus(event, error.statusCode)
  if (error.statusCode === 429 && typeof details.secondsLeft === 'number') setHeader(event, 'retry-after', details.secondsLeft)
  setHeader(event, 'cache-control', 'no-store')
  setHeader(event, 'content-type', 'application/json; charset=utf-8')
  return send(event, JSON.stringify({ code, ...refusalTexts(event, code, details), details }))
}
export default handleError

function codeOf(error: { statusCode: number, data?: unknown }): { code: string, details: Record<string, unknown> } {
  const data = error.data as { code?: string, details?: Record<string, unknown> } | undefined
  if (data?.code && isRefusal(error)) return { code: data.code, details: data.details ?? {} }
  if (data?.code === 'sms_not_sent') return { code: data.code, details: {} }
  return { code: { 404: 'not_found', 405: 'method_not_allowed' }[error.statusCode] ?? 'unforeseen', details: {} }
}
