import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { Pool } from 'undici'
import type { Database } from '~~/shared/types/database'

export type Supabase = SupabaseClient<Database>

let anonymous: Supabase | undefined

/** The client that asks as nobody: published courses, the network, the rules. */
export function anonymousDatabase(): Supabase {
  return anonymous ??= clientWith(() => apiKey())
}

/** A client that asks as one account: row-level security decides what it sees. */
export function databaseAs(accountId: string): Supabase {
  return clientWith(() => accountToken(accountId))
}

function clientWith(accessToken: () => Promise<string>): Supabase {
  const { supabaseUrl } = portalSettings()
  return createClient<Database>(supabaseUrl, 'set-per-request', {
    accessToken,
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: databaseFetch },
  })
}

let pool: Pool | undefined

/**
 * What supabase-js calls instead of the built-in fetch, which costs three times the CPU (0.40 against 0.13 ms a call).
 * Answers the part of a Response that postgrest-js reads.
 */
async function databaseFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const { supabaseUrl, postgrestUrl } = portalSettings()
  const url = String(input)
  const path = postgrestUrl ? url.slice(`${supabaseUrl}/rest/v1`.length) : new URL(url).pathname + new URL(url).search
  pool ??= new Pool(new URL(postgrestUrl || supabaseUrl).origin, { connections: 24, pipelining: 1, keepAliveTimeout: 30_000 })
  const headers = Object.fromEntries(new Headers(init.headers))
  headers.apikey = await apiKey()
  const { statusCode, headers: answered, body } = await pool.request({
    path, method: (init.method ?? 'GET') as 'GET', headers, body: init.body as string | undefined, signal: init.signal ?? undefined,
    headersTimeout: 15_000, bodyTimeout: 15_000,
  })
  const text = await body.text()
  return {
    ok: statusCode >= 200 && statusCode < 300,
    status: statusCode,
    statusText: '',
    headers: { get: (name: string) => answered[name.toLowerCase()]?.toString() ?? null },
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
  } as Response
}
