// One PostgreSQL and one PostgREST for a test run, migrated, on a fresh data folder that goes away with the run.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startDatabase } from '../stack/database.ts'
import { lockDataFolder } from '../stack/lock.ts'
import { startPostgrest } from '../stack/postgrest.ts'
import { Services } from '../stack/processes.ts'
import { loadSecrets } from '../stack/secrets.ts'
import { mutate } from './mutations/ledger.ts'
import { layOut, removeData, WITHOUT_CRASHES } from './prepared.ts'

const RUNS = fileURLToPath(new URL('../.data-test', import.meta.url))

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
    removeData(dataDir)
  }
  try {
    await layOut('schema', dataDir)
    const secrets = loadSecrets(dataDir)
    const database = await startDatabase(services, dataDir, secrets, { ...WITHOUT_CRASHES, max_connections: '120' })
    if (process.env.LINXUE_MUTATION) await spoil(database.url, process.env.LINXUE_MUTATION)
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
    removeData(dataDir)
  }
}

function servicesOf(dataDir: string): Services {
  return new Services(join(dataDir, 'services.json'), (reason) => { throw new Error(reason) })
}

/** Also where the databases of the tests are copied from. */
async function spoil(databaseUrl: string, mutation: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  await mutate(sql, mutation)
  await sql`drop database pristine`
  await sql`create database pristine template postgres`
  await sql.end()
}
