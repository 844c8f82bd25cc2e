// npm start and npm run dev: brings the whole portal up, keeps it up, and takes it down.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withdrawAddress } from './address.ts'
import { announce } from './announce.ts'
import { buildId, ensureBuild, isBuilt, keepOnly } from './build.ts'
import { readEnvironment } from './environment.ts'
import { diskWarning, explain, Foreseen } from './faults.ts'
import { lockDataFolder } from './lock.ts'
import { requirePort } from './ports.ts'
import { prepareData, startSite, type Say } from './portal.ts'
import { Services } from './processes.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const isDev = process.argv.includes('--dev')
const say: Say = (zh, en) => console.log(`· ${zh}  ${en}`.trimEnd())

let services: Services | undefined
let dataFolder = ''
let giveBackFolder = () => {}
let isEnding = false

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void end(0))
// Whatever happens here, no child is left behind.
for (const name of ['uncaughtException', 'unhandledRejection'] as const) process.on(name, (error: unknown) => void end(1, tell(error)))
// Nobody reads any more, as in `npm start | head`: the portal goes on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
endWithNpm()

try { await start() }
catch (error) { await end(1, tell(error)) }

async function start(): Promise<void> {
  const environment = readEnvironment(root)
  const { dataDir, port, host } = environment
  dataFolder = dataDir
  const giveBackLock = lockDataFolder(dataDir, port)
  giveBackFolder = () => {
    withdrawAddress(dataDir)
    giveBackLock()
  }
  withdrawAddress(dataDir)
  services = new Services(join(dataDir, 'children.json'), reason => void end(1, reason))
  // Before the port is looked at: a site that outlived its launcher would hold it.
  await services.clearLeftovers()
  await requirePort(port, host)
  const [build, connection] = await Promise.all([isDev ? null : makeBuild(services), prepareData(services, environment, say)])
  await startSite(services, environment, build, connection)
  await announce(environment, connection)
}

async function makeBuild(services: Services): Promise<string> {
  const started = Date.now()
  const isNew = !isBuilt(root, buildId(root))
  if (isNew) say('正在构建网站（约半分钟）', 'Building the site (about half a minute) …')
  const build = await ensureBuild(root, (name, command, args, options) => services.run(name, command, args, options))
  keepOnly(root, build)
  const seconds = Math.round((Date.now() - started) / 1000)
  if (isNew) say(`网站已构建（${seconds} 秒）`, `The site is built (${seconds} s)`)
  return build
}

/** A signal to npm alone ends npm and the shell it runs scripts in, which pass nothing on; the portal follows them. */
function endWithNpm(): void {
  const shell = process.ppid
  if (process.env.npm_lifecycle_event) setInterval(() => { if (process.ppid !== shell) void end(0) }, 300).unref()
}

function tell(error: unknown): string {
  return error instanceof Foreseen ? error.message : explain(error) + (services?.said() ?? '')
}

async function end(code: number, reason?: string): Promise<void> {
  if (isEnding) return
  isEnding = true
  if (reason) console.error(`✗ ${diskWarning(dataFolder)}${reason}`)
  try {
    await services?.stop()
    giveBackFolder()
  }
  catch (error) { console.error(`! ${explain(error)}`) }
  process.exit(code)
}
