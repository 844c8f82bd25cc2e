// One portal per data folder. The lock names its holder; a lock whose holder is gone counts for nothing.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, processStart } from './processes.ts'

interface Holder { pid: number, startedAt: string | null, port: number }

export class DataFolderHeld extends Error {
  constructor(holder: Holder, dataDir: string) {
    super(`数据文件夹正在被另一个进程使用：进程 ${holder.pid}，端口 ${holder.port}（${dataDir}）\n`
      + `The data folder is in use by process ${holder.pid}, serving on port ${holder.port} (${dataDir})`)
  }
}

/** Takes the folder or throws {@link DataFolderHeld}. Returns the function that gives it back. */
export function lockDataFolder(dataDir: string, port: number): () => void {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'portal.lock')
  const mine: Holder = { pid: process.pid, startedAt: processStart(process.pid), port }
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    }
    catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = readHolder(file)
      if (holder && isAlive(holder.pid, holder.startedAt)) throw new DataFolderHeld(holder, dataDir)
      rmSync(file, { force: true })
    }
  }
  throw new Error(`The lock ${file} could not be taken`)
}

function readHolder(file: string): Holder | null {
  try { return JSON.parse(readFileSync(file, 'utf8')) as Holder }
  catch { return null } // half written by a crash
}
