// Which process is meant: a pid alone may have been given to another one since.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** When the process started, in whatever unit the system gives; null when it is gone or the system does not say. */
export function processStart(pid: number): string | null {
  try {
    if (process.platform === 'win32') return null
    if (process.platform !== 'linux') return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Ended, but never collected, as happens in a container without an init: it holds nothing any more.
    return fields[0] === 'Z' ? null : fields[19] ?? null
  }
  catch { return null }
}

export function isAlive(pid: number, startedAt: string | null = null): boolean {
  try { process.kill(pid, 0) }
  catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false }
  return startedAt === null || processStart(pid) === startedAt
}

/** Sends a signal; a process that is gone already is no fault. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try { process.kill(pid, name) }
  catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error }
}
