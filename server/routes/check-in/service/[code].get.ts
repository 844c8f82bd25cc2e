import type { PostgresError } from 'postgres'
import { CheckInCode } from '~~/shared/schemas/check-in'

/**
 * What the code on the screen of a shift opens: while it counts, whoever scanned it is given a pass, for which there is a quarter of an hour to sign
 * in; then one's shifts, where a press comes or goes. Asked by the server, for a visitor may call nothing that decides.
 */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { code } = readParams(event, CheckInCode)
  try {
    const [row] = await jobsSql()`select private.shift_pass(${code}) as pass`
    keepServicePass(event, row!.pass as string)
  }
  catch (error) {
    const { code: state, message, detail } = error as PostgresError
    const { data, statusCode } = databaseRefusal({ code: state, message, details: detail ?? null })
    if (!data || statusCode >= 500) throw error
    const { code: word, details } = data as { code: string, details: Record<string, unknown> }
    leaveFlash(event, { code: word, message: refusalText(event, word, details), details, typed: {} })
  }
  return sendRedirect(event, '/my/service', 303)
})
