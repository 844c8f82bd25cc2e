// npm start and npm run dev: brings the whole portal up, keeps it up, and takes it down.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEMO_ACCOUNTS } from '../demo/accounts.ts'
import { BuildFailed, buildId, dropOldBuilds, ensureBuild, isBuilt } from './build.ts'
import { readEnvironment, WrongVariable, type Environment } from './environment.ts'
import { DataFolderHeld, lockDataFolder } from './lock.ts'
import { MigrationFailed } from './migrate.ts'
import { followOutbox } from './outbox.ts'
import { isPortFree } from './ports.ts'
import { prepareData, startSite, type Say } from './portal.ts'
import { Services } from './processes.ts'

class PortBusy extends Error {}
const FORESEEN = [WrongVariable, DataFolderHeld, MigrationFailed, PortBusy, BuildFailed]

const root = fileURLToPath(new URL('..', import.meta.url))
const isDev = process.argv.includes('--dev')
const say: Say = (zh, en) => console.log(`· ${zh}  ${en}`)

let services: Services | undefined
let giveBackLock = () => {}
let isEnding = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))

try { await start() }
catch (error) {
  const isForeseen = FORESEEN.some(kind => error instanceof kind)
  await end(1, isForeseen ? (error as Error).message : (error as Error).stack)
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
  const [build, connection] = await Promise.all([isDev ? null : ensureBuild(root), prepareData(services, environment, say)])
  if (build) dropOldBuilds(root, build)
  await startSite(services, environment, build, connection)
  announce(environment)
}

async function end(code: number, reason?: string): Promise<void> {
  if (isEnding) return
  isEnding = true
  if (reason) console.error(`✗ ${reason}`)
  await services?.stop()
  giveBackLock()
  process.exit(code)
}

function announce({ port, host, dataDir, hosted, demoResidents }: Environment): void {
  console.log(`\n  邻学 Linxue  →  http://${host === '0.0.0.0' ? 'localhost' : host}:${port}\n`)
  if (demoResidents > 0) {
    console.log('  演示账号  Demo accounts')
    for (const { phone, zh, en } of DEMO_ACCOUNTS.residents) console.log(`    ${phone.padEnd(24)} ${zh}  ${en}`)
    for (const { username, password, zh, en } of DEMO_ACCOUNTS.staff) console.log(`    ${`${username} / ${password}`.padEnd(24)} ${zh}  ${en}`)
  }
  if (!hosted && !process.env.SMS_URL) {
    console.log('  短信验证码会显示在这里  One-time codes appear here\n')
    followOutbox(join(dataDir, 'outbox', 'sms.jsonl'))
  }
}
