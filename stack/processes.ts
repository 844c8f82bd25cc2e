// Child processes that live and die with the portal: started once, restarted with back-off when they fall over, and
// stopped in reverse order. What runs is written to a file, so that a start after a crash can clear what was left.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ServiceOptions {
  name: string
  command: string
  args: string[]
  options?: SpawnOptions
  /** Resolves when the service answers; throws when it cannot. */
  ready: () => Promise<void>
  /** How it is asked to stop; PostgreSQL wants SIGINT for a fast shutdown. */
  stopSignal?: NodeJS.Signals
  /** Clears what a dead process left behind, before each start. */
  beforeStart?: () => Promise<void> | void
}

interface Leftover { name: string, pid: number, startedAt: string | null }

const RESTARTS_ALLOWED = 5
const RESTART_WINDOW_MS = 60_000

/** Identifies a process beyond its pid, which may be reused: its start time in clock ticks since boot (Linux only). */
export function processStart(pid: number): string | null {
  try {
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

export async function waitFor(check: () => Promise<boolean>, what: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 250)) {
    if (await check().catch(() => false)) return
    if (Date.now() > deadline) throw new Error(`${what} did not answer within ${timeoutMs / 1000} s`)
    await sleep(pause)
  }
}

export class Services {
  private running: { service: ServiceOptions, child: ChildProcess, restarts: number[], log: string[] }[] = []
  private stopping = false

  private readonly file: string
  private readonly onFatal: (reason: string) => void

  /** @param file Where the running children are noted. @param onFatal Called once a service can no longer be kept up. */
  constructor(file: string, onFatal: (reason: string) => void) {
    this.file = file
    this.onFatal = onFatal
  }

  /** Ends what an earlier, crashed portal left running. */
  async clearLeftovers(): Promise<void> {
    if (!existsSync(this.file)) return
    const leftovers = JSON.parse(readFileSync(this.file, 'utf8')) as Leftover[]
    for (const { pid, startedAt } of leftovers.reverse()) {
      if (!isAlive(pid, startedAt)) continue
      process.kill(pid, 'SIGINT')
      await waitFor(async () => !isAlive(pid, startedAt), `process ${pid} of an earlier start`, 5_000)
        .catch(() => process.kill(pid, 'SIGKILL'))
    }
    rmSync(this.file, { force: true })
  }

  async start(service: ServiceOptions): Promise<void> {
    const entry = { service, child: await this.launch(service), restarts: [] as number[], log: [] as string[] }
    this.running.push(entry)
    this.watch(entry)
    this.note()
    await this.untilReady(entry)
  }

  async stop(): Promise<void> {
    this.stopping = true
    for (const { service, child } of [...this.running].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill(service.stopSignal ?? 'SIGTERM')
      const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
      if (await Promise.race([gone.then(() => true), sleep(8_000, false, { ref: false })])) continue
      child.kill('SIGKILL')
      await gone
    }
    this.running = []
    rmSync(this.file, { force: true })
  }

  private async launch(service: ServiceOptions): Promise<ChildProcess> {
    await service.beforeStart?.()
    return spawn(service.command, service.args, { stdio: ['ignore', 'pipe', 'pipe'], ...service.options })
  }

  private watch(entry: (typeof this.running)[number]): void {
    const { service, child } = entry
    const keep = (chunk: Buffer) => {
      entry.log.push(...chunk.toString().split('\n').filter(Boolean))
      entry.log.splice(0, entry.log.length - 20)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('error', error => this.fatal(`${service.name}: ${error.message}`))
    child.on('exit', (code, signal) => { if (!this.stopping) void this.revive(entry, signal ?? `code ${code}`) })
  }

  private async revive(entry: (typeof this.running)[number], how: string): Promise<void> {
    const { service } = entry
    const now = Date.now()
    entry.restarts = [...entry.restarts.filter(at => now - at < RESTART_WINDOW_MS), now]
    if (entry.restarts.length > RESTARTS_ALLOWED) {
      return this.fatal(`${service.name} ended ${entry.restarts.length} times within a minute (last: ${how})\n${entry.log.slice(-8).join('\n')}`)
    }
    const pause = 200 * 2 ** (entry.restarts.length - 1)
    console.error(`! ${service.name} 意外停止（${how}），${pause} 毫秒后重启  ended (${how}), restarting in ${pause} ms`)
    await sleep(pause)
    if (this.stopping) return
    try {
      entry.child = await this.launch(service)
      this.watch(entry)
      this.note()
      await service.ready()
    }
    catch (error) {
      // A start that never answers is ended, which brings it back here with the next back-off.
      if (entry.child.exitCode === null && entry.child.signalCode === null) entry.child.kill('SIGKILL')
      else if (!this.stopping) console.error(`! ${service.name}: ${(error as Error).message}`)
    }
  }

  private async untilReady(entry: (typeof this.running)[number]): Promise<void> {
    const { service, child } = entry
    const died = new Promise<never>((_, reject) => child.once('exit', code =>
      reject(new Error(`${service.name} ended at start (code ${code})\n${entry.log.slice(-8).join('\n')}`))))
    await Promise.race([service.ready(), died])
    died.catch(() => { /* a later end is handled by revive() */ })
  }

  private fatal(reason: string): void {
    if (this.stopping) return
    this.onFatal(reason)
  }

  private note(): void {
    const leftovers: Leftover[] = this.running
      .filter(({ child }) => child.pid !== undefined)
      .map(({ service, child }) => ({ name: service.name, pid: child.pid!, startedAt: processStart(child.pid!) }))
    writeFileSync(this.file, JSON.stringify(leftovers))
  }
}
