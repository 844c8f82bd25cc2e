// npm start and npm run dev: brings the whole portal up, keeps it up, and takes it down.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { DEMO_ACCOUNTS, seed } from '../demo/seed.ts'
import { syncPacks } from '../server/packs/sync.ts'
import { dropOldBuilds, ensureBuild, isBuilt, buildId } from './build.ts'
import { startDatabase } from './database.ts'
import { readEnvironment, WrongVariable, type Environment } from './environment.ts'
import { lockDataFolder, DataFolderHeld } from './lock.ts'
import { migrate, MigrationFailed } from './migrate.ts'
import { followOutbox } from './outbox.ts'
import { isPortFree } from './ports.ts'
import { startPostgrest } from './postgrest.ts'
import { Services, waitFor } from './processes.ts'
import { loadSecrets } from './secrets.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const isDev = process.argv.includes('--dev')
const say = (zh: string, en: string) => console.log(`· ${zh}  ${en}`)

class PortBusy extends Error {}
const FORESEEN = [WrongVariable, DataFolderHeld, MigrationFailed, PortBusy]

let giveBackLock = () => {}
let services: Services | undefined
let ending = false

async function end(code: number, reason?: string): Promise<void> {
  if (ending) return
  ending = true
  if (reason) console.error(`✗ ${reason}`)
  await services?.stop()
  giveBackLock()
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))

try { await start() }
catch (error) {
  const foreseen = FORESEEN.some(kind => error instanceof kind)
  await end(1, foreseen ? (error as Error).message : (error as Error).stack)
}

async function start(): Promise<void> {
  const environment = readEnvironment(root)
  giveBackLock = lockDataFolder(environment.dataDir, environment.port)
  if (!await isPortFree(environment.port, environment.host)) {
    throw new PortBusy(`端口 ${environment.port} 已被占用，请用 PORT=… 换一个\nPort ${environment.port} is in use; choose another with PORT=…`)
  }
  services = new Services(join(environment.dataDir, 'children.json'), reason => void end(1, reason))
  await services.clearLeftovers()

  if (!isDev && !isBuilt(root, buildId(root))) say('正在构建网站（约半分钟）', 'Building the site (about half a minute) …')
  const [build, connection] = await Promise.all([isDev ? null : ensureBuild(root), prepareData(services, environment)])
  if (build) dropOldBuilds(root, build)
  await serve(services, environment, build, connection)
  announce(environment)
}

/** What the server process is told. */
type Connection = Record<'DATABASE_URL' | 'SUPABASE_URL' | 'SUPABASE_JWT_SECRET' | 'LINXUE_SESSION_SECRET', string> & { POSTGREST_URL?: string }

async function prepareData(services: Services, { hosted, dataDir, demoResidents }: Environment): Promise<Connection> {
  const connection: Connection = hosted
    ? { DATABASE_URL: hosted.databaseUrl, SUPABASE_URL: hosted.supabaseUrl, SUPABASE_JWT_SECRET: hosted.jwtSecret, LINXUE_SESSION_SECRET: hosted.sessionSecret }
    : await startEmbedded(services, dataDir)
  const sql = postgres(connection.DATABASE_URL, { max: 4, onnotice: () => undefined })
  try {
    const applied = await migrate(sql, join(root, 'supabase', 'migrations'))
    if (applied.length) say(`数据库已更新（${applied.length} 项）`, `Database brought up to date (${applied.length} migrations)`)
    const { added, changed, broken } = await syncPacks(sql, join(root, 'content', 'courses'), join(dataDir, 'media'))
    if (added + changed) say(`课程包：新增 ${added}，更新 ${changed}`, `Library packs: ${added} added, ${changed} updated`)
    for (const fault of broken) console.error(`! 课程包有误，已跳过  Broken pack left out: ${fault}`)
    if (demoResidents > 0) await seed(sql, { residents: demoResidents, seed: 7, today: new Date(), report: text => console.log(`  ${text}`) })
  }
  finally { await sql.end() }
  // PostgREST reads the schema when it starts, so it comes after the migrations.
  return hosted ? connection : { ...connection, POSTGREST_URL: await startPostgrest(services, embedded!, loadSecrets(dataDir)) }
}

let embedded: Awaited<ReturnType<typeof startDatabase>> | undefined

async function startEmbedded(services: Services, dataDir: string): Promise<Connection> {
  const secrets = loadSecrets(dataDir)
  embedded = await startDatabase(services, dataDir, secrets)
  return { DATABASE_URL: embedded.url, SUPABASE_URL: 'http://127.0.0.1', SUPABASE_JWT_SECRET: secrets.jwtSecret, LINXUE_SESSION_SECRET: secrets.sessionSecret }
}

async function serve(services: Services, { port, host, dataDir }: Environment, build: string | null, connection: Connection): Promise<void> {
  mkdirSync(join(dataDir, 'media'), { recursive: true })
  await services.start({
    name: 'Linxue',
    command: process.execPath,
    // The heap limit keeps the process small under load without costing requests (docs/decisions/0005).
    args: build ? ['--max-old-space-size=256', join(build, 'server', 'index.mjs')] : [join(root, 'node_modules', 'nuxt', 'bin', 'nuxt.mjs'), 'dev', '--no-fork'],
    options: {
      cwd: root,
      env: { ...process.env, ...connection, PORT: String(port), HOST: host, NITRO_PORT: String(port), NITRO_HOST: host, LINXUE_DATA_DIR: dataDir, NODE_ENV: build ? 'production' : 'development' },
      stdio: ['ignore', isDev ? 'inherit' : 'pipe', 'inherit'],
    },
    ready: () => waitFor(async () => (await fetch(`http://127.0.0.1:${port}/api/health`)).ok, 'The site', isDev ? 120_000 : 30_000),
  })
}

function announce({ port, host, dataDir, hosted, demoResidents }: Environment): void {
  console.log(`\n  邻学 Linxue  →  http://${host === '0.0.0.0' ? 'localhost' : host}:${port}\n`)
  if (demoResidents > 0) {
    console.log('  演示账号  Demo accounts')
    for (const line of DEMO_ACCOUNTS) console.log(`    ${line.kind === 'phone' ? line.phone : `${line.username} / ${line.password}`}  ${line.note}`)
  }
  if (!hosted && !process.env.SMS_URL) {
    console.log('  短信验证码会显示在这里  One-time codes appear here\n')
    followOutbox(join(dataDir, 'outbox', 'sms.jsonl'))
  }
}
