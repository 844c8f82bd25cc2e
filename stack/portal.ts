// The whole portal below one data folder: database, data API, schema, library packs, demo region, site.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import postgres from 'postgres'
import { syncPacks } from '../server/packs/sync.ts'
import { openVault } from '../server/privacy/vault.ts'
import { publishAddress } from './address.ts'
import { startDatabase } from './database.ts'
import type { Environment } from './environment.ts'
import { checkDataApi, checkDatabase } from './hosted.ts'
import { holdKeys } from './keys-lock.ts'
import { keysInForce } from './keys.ts'
import { migrate } from './migrate.ts'
import { startPostgrest } from './postgrest.ts'
import { type Services, waitFor } from './processes.ts'
import { completePersons } from './seal.ts'
import { loadSecrets } from './secrets.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Says how far a start has come, in both languages. */
export type Say = (zh: string, en: string) => void

/** What the server process is told of its surroundings. */
export type Connection = Record<'DATABASE_URL' | 'SUPABASE_URL' | 'SUPABASE_JWT_SECRET' | 'LINXUE_SESSION_SECRET' | 'LINXUE_DATA_KEY' | 'LINXUE_SIGNING_KEY', string> & { POSTGREST_URL?: string }

/** Brings the data side up: embedded or hosted, migrated, with the library packs in the catalogue and the demo region seeded once. */
export async function prepareData(services: Services, environment: Environment, say: Say, settings: Record<string, string> = {}): Promise<Connection> {
  const { hosted, dataDir } = environment
  if (hosted) {
    await checkDatabase(hosted.databaseUrl)
    await services.hold(fatal => holdKeys(hosted.databaseUrl, 'site', fatal))
    const dataKey = await fillDatabase(hosted.databaseUrl, environment, hosted.dataKey, say)
    await checkDataApi(hosted)
    publishAddress(dataDir, hosted.databaseUrl)
    return {
      DATABASE_URL: hosted.databaseUrl, SUPABASE_URL: hosted.supabaseUrl, SUPABASE_JWT_SECRET: hosted.jwtSecret,
      LINXUE_SESSION_SECRET: hosted.sessionSecret, LINXUE_DATA_KEY: dataKey, LINXUE_SIGNING_KEY: hosted.signingKey,
    }
  }
  const secrets = loadSecrets(dataDir)
  const database = await startDatabase(services, dataDir, secrets, settings)
  await services.hold(fatal => holdKeys(database.url, 'site', fatal))
  const dataKey = await fillDatabase(database.url, environment, secrets.dataKey, say)
  // PostgREST reads the schema when it starts, so it comes after the migrations.
  const postgrestUrl = await startPostgrest(services, database, secrets)
  publishAddress(dataDir, database.url)
  return {
    DATABASE_URL: database.url, SUPABASE_URL: 'http://127.0.0.1', SUPABASE_JWT_SECRET: secrets.jwtSecret,
    LINXUE_SESSION_SECRET: secrets.sessionSecret, LINXUE_DATA_KEY: dataKey, LINXUE_SIGNING_KEY: secrets.signingKey, POSTGREST_URL: postgrestUrl,
  }
}

/**
 * Migrates, seals what an earlier version left in clear, ends a change of key that was cut off, syncs the library packs, and fills
 * an empty database with the demo region where one is wanted. Returns the keys that are in force.
 */
export async function fillDatabase(databaseUrl: string, { dataDir, demoResidents }: Pick<Environment, 'dataDir' | 'demoResidents'>, keyList: string, say: Say): Promise<string> {
  const sql = postgres(databaseUrl, { max: 4, onnotice: () => undefined })
  try {
    const applied = await migrate(sql, join(root, 'supabase', 'migrations'))
    if (applied.length) say(`数据库已更新（${applied.length} 项）`, `Database brought up to date (${applied.length} migrations)`)
    const dataKey = await keysInForce(sql, keyList, (done, total) => say(`换密钥：已重新加密 ${done} / ${total}`, `Change of key: ${done} of ${total} sealed anew`))
    const { sealed, sounded } = await completePersons(sql, openVault(dataKey))
    if (sealed) say(`已加密 ${sealed} 个手机号`, `${sealed} phone numbers sealed`)
    if (sounded) say(`已为 ${sounded} 个姓名注音`, `${sounded} names got their pinyin`)
    const { added, changed, withdrawn, broken } = await syncPacks(sql, join(root, 'content', 'courses'), join(dataDir, 'media'))
    if (added + changed + withdrawn) say(`课程包：新增 ${added}，更新 ${changed}，下架 ${withdrawn}`, `Library packs: ${added} added, ${changed} updated, ${withdrawn} withdrawn`)
    for (const fault of broken) say('课程包有误，已跳过', `Broken pack left out: ${fault}`)
    const [region] = await sql`select from public.units limit 1`
    if (demoResidents > 0 && !region) await seedDemo(databaseUrl, { residents: demoResidents, dataKey, dataDir }, say)
    return dataKey
  }
  finally { await sql.end() }
}

// In a thread of its own, loaded only here: most starts find their region, and what seeding holds in memory goes with the thread.
async function seedDemo(databaseUrl: string, options: { residents: number, dataKey: string, dataDir: string }, say: Say): Promise<void> {
  say(`正在建立演示地区，${options.residents} 位居民`, `Making the demo region, ${options.residents} residents …`)
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
  const worker = new Worker(new URL('../demo/worker.ts', import.meta.url), { workerData: { databaseUrl, options: { ...options, seed: 7, today } } })
  worker.on('message', (progress: string) => say(progress, ''))
  await new Promise<void>((resolve, reject) => worker.once('error', reject).once('exit', () => resolve()))
}

/** Starts the site. `build` is the folder of a finished build, or null for the development server. */
export async function startSite(services: Services, { port, host, dataDir }: Environment, build: string | null, connection: Connection): Promise<void> {
  mkdirSync(join(dataDir, 'media'), { recursive: true })
  await services.start({
    name: 'Linxue',
    command: process.execPath,
    // The limits keep the process small under load without costing requests (docs/decisions/0005).
    args: build ? ['--max-old-space-size=192', '--max-semi-space-size=16', join(build, 'server', 'index.mjs')] : [join(root, 'node_modules', 'nuxt', 'bin', 'nuxt.mjs'), 'dev', '--no-fork', '--no-qr'],
    options: {
      cwd: root,
      env: {
        ...setVariables(), ...connection, PORT: String(port), HOST: host, NITRO_PORT: String(port), NITRO_HOST: host,
        LINXUE_DATA_DIR: dataDir, NODE_ENV: build ? 'production' : 'development',
      },
      stdio: ['ignore', build ? 'pipe' : 'inherit', 'inherit'],
    },
    ready: () => waitFor(async () => (await fetch(`${addressOf(host, port)}/api/health`)).ok, '网站 the site', build ? 30_000 : 120_000),
  })
}

/** Where this machine itself reaches the site. */
export function addressOf(host: string, port: number): string {
  const name = { '0.0.0.0': 'localhost', '::': 'localhost' }[host] ?? host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** A variable that is set to nothing, as in a copied .env, is not set. */
function setVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
}
