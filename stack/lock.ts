// One portal per data folder. The lock names its holder; a lock whose holder is gone counts for nothing.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Foreseen } from './faults.ts'
import { isAlive, processStart } from './pids.ts'

/** `port` is 0 for a holder that serves no site, such as `npm run seed`. */
interface Holder { pid: number, startedAt: string | null, port: number }

export class DataFolderHeld extends Foreseen {
  constructor({ pid, port }: Holder, dataDir: string) {
    super(`数据文件夹正在被另一个进程使用：进程 ${pid}${port ? `，端口 ${port}` : ''}（${dataDir}）\n`
      + `The data folder is in use by process ${pid}${port ? `, serving on port ${port}` : ''} (${dataDir})`)
  }
}

/** Takes the folder or throws {@link DataFolderHeld}. Returns the function that gives it back. */
export function lockDataFolder(dataDir: string, port: number): () => void {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'portal.lock')
  const mine = `${file}.${process.pid}`
  try {
    // Written beside its place and linked there whole: nobody ever reads half of it, and only one link succeeds.
    writeFileSync(mine, JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid), port } satisfies Holder))
    for (let attempt = 0; attempt < 5; attempt++) {
      if (link(mine, file)) return () => { if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true }) }
      const holder = holderOf(dataDir)
      if (holder) throw new DataFolderHeld(holder, dataDir)
      clearStale(mine, file, dataDir)
    }
    throw new Foreseen(`锁文件抢不到：${file}\nThe lock could not be taken: ${file}`)
  }
  finally { rmSync(mine, { force: true }) }
}

/** The living process that holds the folder. */
export function holderOf(dataDir: string): Holder | null {
  const holder = readHolder(join(dataDir, 'portal.lock'))
  return holder && isAlive(holder.pid, holder.startedAt) ? holder : null
}

/**
 * Removes a lock whose holder is gone. One start at a time may, and it looks again before it removes: what another start has linked
 * meanwhile is never taken away.
 */
function clearStale(mine: string, file: string, dataDir: string): void {
  const claim = `${file}.claim`
  if (!link(mine, claim)) {
    const clearing = readHolder(claim)
    if (!clearing) return // cleared by now
    if (isAlive(clearing.pid, clearing.startedAt)) throw new DataFolderHeld(clearing, dataDir)
    rmSync(claim, { force: true }) // killed while it cleared
    return
  }
  try { if (!holderOf(dataDir)) rmSync(file, { force: true }) }
  finally { rmSync(claim, { force: true }) }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readHolder(file: string): Holder | null {
  try {
    const { pid, startedAt, port } = JSON.parse(readFileSync(file, 'utf8')) as Holder
    return Number.isInteger(pid) && pid > 0 ? { pid, startedAt, port } : null
  }
  catch (error) {
    // Absent, or half written by a crash of the disk.
    if (error instanceof SyntaxError || error instanceof TypeError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
