// The embedded PostgreSQL 17: its first set-up, and how it is started.
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { clearCluster } from './cluster.ts'
import { Foreseen, lastWords } from './faults.ts'
import { databaseHome, databaseOwner, type Owner } from './home.ts'
import { freePort } from './ports.ts'
import { type Services, waitFor } from './processes.ts'
import type { Secrets } from './secrets.ts'

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.sql', import.meta.url))
// Small enough for a school's spare machine, large enough that a city's figures stay in memory.
const SETTINGS = {
  shared_buffers: '128MB', max_connections: '60', jit: 'off', timezone: 'UTC', log_timezone: 'UTC',
  listen_addresses: '127.0.0.1', unix_socket_directories: '', wal_compression: 'on', log_min_messages: 'warning',
  max_wal_size: '1GB', checkpoint_timeout: '15min',
}

export interface EmbeddedDatabase { url: string, port: number }

/** Starts PostgreSQL on the data below `dataDir`, creating it on first use. `settings` are for measuring at sizes no embedded database is meant for. */
export async function startDatabase(services: Services, dataDir: string, secrets: Secrets, settings: Record<string, string> = {}): Promise<EmbeddedDatabase> {
  const owner = databaseOwner()
  const { binaries, cluster } = databaseHome(join(dataDir, 'postgres'), owner)
  if (!existsSync(join(cluster, 'PG_VERSION'))) await createCluster(services, binaries, cluster, owner, secrets)
  const port = await freePort()
  const url = `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${port}/postgres`
  await services.start({
    name: 'PostgreSQL',
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', cluster, '-p', String(port), ...Object.entries({ ...SETTINGS, ...settings }).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    options: { ...owner, cwd: '/', env: { ...process.env, LC_ALL: 'C' } },
    stopSignal: 'SIGINT',
    beforeStart: () => clearCluster(cluster),
    ready: () => waitFor(() => answers(url), 'PostgreSQL', 60_000),
  })
  await bootstrap(url, secrets)
  return { url, port }
}

async function createCluster(services: Services, binaries: string, cluster: string, owner: Owner, secrets: Secrets): Promise<void> {
  // Made beside its place and moved there when whole: a set-up that is interrupted is begun again.
  const unfinished = `${cluster}.new`
  const passwordFile = `${cluster}.password`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(passwordFile, secrets.postgresPassword, { mode: 0o600 })
  if (owner.uid !== undefined) for (const path of [unfinished, passwordFile]) chownSync(path, owner.uid, owner.gid!)
  try {
    const { code, log } = await services.run('initdb', join(binaries, 'bin', 'initdb'), ['-D', unfinished, '-U', 'postgres', '-A', 'scram-sha-256',
      `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
    { ...owner, cwd: '/', env: { ...process.env, LC_ALL: 'C' } })
    if (code !== 0) throw new Foreseen(`数据库没有建成（${cluster}）\nThe database could not be made (${cluster})${lastWords(log)}`)
    renameSync(unfinished, cluster)
  }
  finally {
    rmSync(passwordFile, { force: true })
    rmSync(unfinished, { recursive: true, force: true })
  }
}

async function answers(url: string): Promise<boolean> {
  // Asking for types first would be a question of its own, whose failure nobody hears of while the database recovers.
  const sql = postgres(url, { max: 1, connect_timeout: 2, fetch_types: false, onnotice: () => undefined })
  try {
    await sql`select 1`
    return true
  }
  catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error
    throw new Foreseen('secrets.json 和数据库对不上，请从备份恢复它\nsecrets.json does not belong to this database; restore it from a backup')
  }
  finally { await sql.end({ timeout: 1 }) }
}

async function bootstrap(url: string, secrets: Secrets): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const [done] = await sql`select from pg_roles where rolname = 'authenticator'`
  if (!done) await sql.unsafe(`${readFileSync(BOOTSTRAP, 'utf8')}; alter role authenticator password '${secrets.authenticatorPassword}'`).simple()
  await sql.end()
}
