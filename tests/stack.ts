// One PostgreSQL and one PostgREST for a test run, migrated, on a fresh data folder that goes away with the run.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startDatabase } from '../stack/database.ts'
import { lockDataFolder } from '../stack/lock.ts'
import { migrate } from '../stack/migrate.ts'
import { startPostgrest } from '../stack/postgrest.ts'
import { Services } from '../stack/processes.ts'
import { loadSecrets } from '../stack/secrets.ts'
import { mutate } from './mutations/ledger.ts'

const RUNS = fileURLToPath(new URL('../.data-test', import.meta.url))
const MIGRATIONS = fileURLToPath(new URL('../supabase/migrations', import.meta.url))

declare module 'vitest' {
  export interface ProvidedContext { databaseUrl: string, restUrl: string, jwtSecret: string }
}

export default async function startStack(project: TestProject): Promise<() => Promise<void>> {
  mkdirSync(RUNS, { recursive: true })
  await clearEarlierRuns()
  const dataDir = mkdtempSync(join(RUNS, 'run-'))
  chmodSync(dataDir, 0o755) // so that the database user can reach its files in here
  const unlock = lockDataFolder(dataDir, 0)
  const services = servicesOf(dataDir)
  const stop = async () => {
    await services.stop()
    unlock()
    removeRun(dataDir)
  }
  try {
    const secrets = loadSecrets(dataDir)
    const database = await startDatabase(services, dataDir, secrets, { max_connections: '120' })
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined })
    await migrate(sql, MIGRATIONS)
    if (process.env.LINXUE_MUTATION) await mutate(sql, process.env.LINXUE_MUTATION)
    // Databases for tests that fill a whole region are copied from here: nothing may be connected to a template.
    await sql`create database pristine template postgres`
    await sql.end()
    project.provide('databaseUrl', database.url)
    project.provide('restUrl', await startPostgrest(services, database, secrets))
    project.provide('jwtSecret', secrets.jwtSecret)
    return stop
  }
  catch (error) {
    await stop()
    throw error
  }
}

/** A run that was killed leaves its servers and its folder; one that is still going is left alone. */
async function clearEarlierRuns(): Promise<void> {
  for (const name of readdirSync(RUNS)) {
    const dataDir = join(RUNS, name)
    try { lockDataFolder(dataDir, 0) }
    catch { continue }
    await servicesOf(dataDir).clearLeftovers()
    removeRun(dataDir)
  }
}

function servicesOf(dataDir: string): Services {
  return new Services(join(dataDir, 'services.json'), (reason) => { throw new Error(reason) })
}

function removeRun(dataDir: string): void {
  // Where the database user cannot reach the project, its files lie elsewhere and this says where.
  try { rmSync(readFileSync(join(dataDir, 'postgres', 'location.txt'), 'utf8').trim(), { recursive: true, force: true }) }
  catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error }
  rmSync(dataDir, { recursive: true, force: true })
}
