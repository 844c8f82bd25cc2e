// What a killed PostgreSQL leaves in its data folder and among the processes.
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Foreseen } from './faults.ts'
import { isAlive, signal } from './pids.ts'
import { waitFor } from './processes.ts'

/**
 * Makes a start possible after a crash. A postmaster that was killed leaves backends that still hold its shared memory: two
 * generations on the same files would destroy them, so the old ones are ended first. PostgreSQL itself judges a stale
 * postmaster.pid, except for one whose pid another program has by now.
 */
export async function clearCluster(cluster: string): Promise<void> {
  const pid = postmasterOf(cluster)
  if (process.platform !== 'linux' || pid === null) return
  const inside = () => processesIn(cluster)
  if (inside().includes(pid)) {
    if (parentOf(pid) !== 1) throw new Foreseen(`数据库正在被另一个 PostgreSQL 使用：进程 ${pid}（${cluster}）\nThe database is in use by another PostgreSQL, process ${pid} (${cluster})`)
    signal(pid, 'SIGINT')
    await waitFor(async () => !inside().includes(pid), 'PostgreSQL', 10_000).catch(() => signal(pid, 'SIGKILL'))
  }
  for (const orphan of inside()) signal(orphan, 'SIGQUIT')
  await waitFor(async () => inside().length === 0, 'PostgreSQL', 3_000).catch(() => inside().forEach(orphan => signal(orphan, 'SIGKILL')))
  await waitFor(async () => inside().length === 0, 'PostgreSQL', 5_000)
  if (isAlive(pid)) rmSync(join(cluster, 'postmaster.pid'), { force: true })
}

function postmasterOf(cluster: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10)
    if (pid > 0) return pid
    // Half written: PostgreSQL would refuse it. Nobody holds it, since it is written before anything else.
    rmSync(join(cluster, 'postmaster.pid'), { force: true })
    return null
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** PostgreSQL's processes work in their data folder. */
function processesIn(cluster: string): number[] {
  const folder = realpathSync(cluster)
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).filter((name) => {
    try { return readlinkSync(`/proc/${name}/cwd`) === folder && readFileSync(`/proc/${name}/comm`, 'utf8').startsWith('postgres') }
    catch { return false }
  }).map(Number)
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  }
  catch { return null }
}
