// Data folders as they stand once migrated, once the library is read, and once the demo region lives there: each is made once for a state of
// the sources and copied for whoever would go the same way again. The way itself is looked at by tests/stack/portal.test.ts, on an empty folder.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { sourceHash } from '../stack/build.ts'
import { startDatabase } from '../stack/database.ts'
import { databaseHome, databaseOwner } from '../stack/home.ts'
import { migrate } from '../stack/migrate.ts'
import { fillDatabase } from '../stack/portal.ts'
import { Services } from '../stack/processes.ts'
import { loadSecrets } from '../stack/secrets.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const PREPARED = join(root, '.cache', 'prepared')
const SOURCES = ['content/courses', 'demo', 'package-lock.json', 'public', 'server', 'shared', 'stack', 'supabase', 'tests/prepared.ts']
const STAGES = ['schema', 'library', 'demo'] as const
type Stage = typeof STAGES[number]
export const RESIDENTS = 2000
const KEPT_MS = 3_600_000

/** For databases that go away with their run. What a crash leaves is looked at by tests/stack, with what a portal is run with. */
export const WITHOUT_CRASHES = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0' }

/** Fills an empty data folder with a copy of what stands after a stage. */
export async function layOut(stage: Stage, dataDir: string): Promise<void> {
  copy(await prepared(stage), dataDir)
}

/** The folder of a stage, which is made where there is none. */
export async function prepared(stage: Stage): Promise<string> {
  const hash = sourceHash(root, SOURCES)
  const folder = join(PREPARED, `${hash}-${stage}`)
  if (isPresent(folder)) return folder
  mkdirSync(PREPARED, { recursive: true })
  for (const old of readdirSync(PREPARED).map(name => join(PREPARED, name)).filter(path => !isPresent(path))) {
    // One whose making was killed left its server.
    await servicesOf(old).clearLeftovers()
    removeData(old)
  }
  // Made beside its place and moved there when whole, as two runs may do at once.
  const draft = `${folder}.${process.pid}`
  mkdirSync(draft)
  chmodSync(draft, 0o755)
  try {
    const before = STAGES[STAGES.indexOf(stage) - 1]
    if (before) copy(await prepared(before), draft)
    await make(stage, draft)
    renameSync(draft, folder)
  }
  catch (error) {
    removeData(draft)
    if (!isPresent(folder)) throw error
  }
  return folder
}

async function make(stage: Stage, dataDir: string): Promise<void> {
  const services = servicesOf(dataDir)
  try {
    const secrets = loadSecrets(dataDir)
    const { url } = await startDatabase(services, dataDir, secrets, WITHOUT_CRASHES)
    const sql = postgres(url, { max: 1, onnotice: () => undefined })
    if (stage === 'schema') await migrate(sql, join(root, 'supabase', 'migrations'))
    else await fillDatabase(url, { dataDir, demoResidents: stage === 'demo' ? RESIDENTS : 0 }, secrets.dataKey, () => undefined)
    await sql`vacuum (freeze, analyze)`
    // Databases for tests that have one of their own are copied from here: nothing may be connected to a template.
    if (stage === 'schema') await sql`create database pristine template postgres`
    await sql.end()
  }
  finally { await services.stop() }
}

function servicesOf(dataDir: string): Services {
  return new Services(join(dataDir, 'services.json'), (reason) => { throw new Error(reason) })
}

function copy(from: string, to: string): void {
  const owner = databaseOwner()
  const clusterOf = (dataDir: string) => databaseHome(join(dataDir, 'postgres'), owner).cluster
  execFileSync('cp', ['-a', clusterOf(from), clusterOf(to)])
  for (const name of readdirSync(from)) if (name !== 'postgres') execFileSync('cp', ['-a', join(from, name), join(to, name)])
}

/** Removes a data folder with its database. */
export function removeData(dataDir: string): void {
  // Where the database user cannot reach the project, its files lie elsewhere and this says where.
  try { rmSync(readFileSync(join(dataDir, 'postgres', 'location.txt'), 'utf8').trim(), { recursive: true, force: true, maxRetries: 5 }) }
  catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
}

/** What a demo holds begins and ends around the moment it was made, on that day. */
function isPresent(folder: string): boolean {
  const dayOf = (ms: number) => new Date(ms).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
  try {
    const { mtimeMs } = statSync(folder)
    return Date.now() - mtimeMs < KEPT_MS && dayOf(mtimeMs) === dayOf(Date.now())
  }
  catch { return false }
}
