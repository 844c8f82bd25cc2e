import type { CheckInPage } from '~~/shared/types/activities'

/** What the pass of this browser opens, and whom it may mark; null without one, and for whoever has not signed in yet. */
export default defineEventHandler(async (event): Promise<{ page: CheckInPage | null, hasPass: boolean, message: string | null }> => {
  setHeader(event, 'cache-control', 'private, no-store')
  const pass = checkInPass(event)
  const session = await currentSession(event)
  if (!pass || !session) return { page: null, hasPass: pass !== undefined, message: null }
  const { data, error } = await session.database.rpc('check_in_page', { pass })
  if (!error) return { page: data as unknown as CheckInPage, hasPass: true, message: null }
  const { data: refused, statusCode } = databaseRefusal(error)
  const { code, details } = refused as { code: string, details: Record<string, unknown> }
  if (!refused || statusCode >= 500) throw databaseRefusal(error)
  return { page: null, hasPass: false, message: refusalText(event, code, details) }
})
