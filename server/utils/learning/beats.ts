import postgres from 'postgres'
import type { z } from 'zod'
import type { Beats } from '~~/shared/schemas/watching'
import type { WatchProgress } from '~~/shared/types/watching'
import type { Session } from '../identity/session'

let connections: postgres.Sql | undefined

/** Connections as the role in which PostgREST would answer an account. */
function accountSql(): postgres.Sql {
  return connections ??= postgres(portalSettings().databaseUrl, {
    max: 8,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: { role: 'authenticated', statement_timeout: 15_000, application_name: 'linxue beats' },
  })
}

/**
 * Sends beats as an account: the role, the claims and the function that PostgREST would use, in one message instead of four
 * (docs/decisions/0009). The claims last as long as the statement.
 */
export async function sendBeats({ accountId }: Session, watchId: string, { beats }: z.infer<typeof Beats>): Promise<WatchProgress> {
  const sql = accountSql()
  const claims = JSON.stringify({ sub: accountId, role: 'authenticated' })
  try {
    const [row] = await sql`
      select public.send_beats(${watchId}, ${sql.json(beats)}) as progress from set_config('request.jwt.claims', ${claims}, true)`
    return row!.progress as WatchProgress
  }
  catch (error) {
    if (error instanceof postgres.PostgresError) throw databaseRefusal({ code: error.code, message: error.message, details: error.detail ?? null })
    throw error
  }
}
