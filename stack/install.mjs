// Brings node_modules up to date before anything else runs. Needs nothing but the Node and npm that are there: Node 20
// may start it, the scripts that follow find the project's own Node in node_modules/.bin.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`需要 Node 20.19 或更高版本，这台机器是 ${process.versions.node}。\nNode 20.19 or newer is needed; this is ${process.versions.node}.`)
  process.exit(1)
}

const stamp = `${root}node_modules/.linxue-installed`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package.json`)).update(readFileSync(`${root}package-lock.json`)).digest('hex')
const present = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''

if (present !== wanted) {
  console.log('· 正在安装依赖（首次约一分钟）  Installing packages (about a minute the first time) …')
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []]
  const result = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, npm_config_engine_strict: 'false' } })
  if (result.status !== 0) {
    console.error(`${result.stdout ?? ''}${result.stderr ?? ''}`)
    console.error('✗ 依赖没有装上，见上面的原因。 Packages could not be installed; the reason is above.')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}
