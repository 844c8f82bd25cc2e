// Child processes that live and die with the portal: started once, restarted with back-off when they fall over, and
// stopped in reverse order. What runs is written to a file, so that a start after a crash can clear what was left.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { explain, Foreseen, lastWords } from './faults.ts'
import { writeWhole } from './files.ts'
import { isAlive, processStart, signal } from './pids.ts'
import { keepEnd, runCommand, type Outcome } from './run.ts'

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

interface Entry {
  service: ServiceOptions
  child: ChildProcess
  /** Whether it has answered since the portal started: until then its end is the start's failure. */
  hasServed: boolean
  ends: number[]
  unanswered: number
  log: string[]
}

class Stopping extends Foreseen {
  constructor() { super('正在停止  Stopping') }
}

const RESTARTS_ALLOWED = 5
const RESTART_WINDOW_MS = 60_000

/** Asks again until the answer is yes. A {@link Foreseen} failure ends the waiting: asking again would not help. */
export async function waitFor(check: () => Promise<boolean>, what: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  const ask = () => check().catch((error: unknown) => {
    if (error instanceof Foreseen) throw error
    return false
  })
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 250)) {
    if (await ask()) return
    if (Date.now() > deadline) throw new Foreseen(`${what} 在 ${timeoutMs / 1000} 秒内没有应答\n${what} did not answer within ${timeoutMs / 1000} s`)
    await sleep(pause)
  }
}

export class Services {
  private running: Entry[] = []
  private readonly tasks = new Map<ChildProcess, string>()
  private readonly held: (() => Promise<void>)[] = []
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
    for (const { pid, startedAt } of readLeftovers(this.file).reverse()) {
      if (!isAlive(pid, startedAt)) continue
      const gone = (timeoutMs: number) => waitFor(async () => !isAlive(pid, startedAt), `进程 process ${pid}`, timeoutMs)
      signal(pid, 'SIGINT')
      await gone(10_000).catch(() => {
        signal(pid, 'SIGKILL')
        return gone(5_000)
      })
    }
    rmSync(this.file, { force: true })
  }

  async start(service: ServiceOptions): Promise<void> {
    const child = await this.launch(service)
    const entry: Entry = { service, child, hasServed: false, ends: [], unanswered: 0, log: [] }
    this.running.push(entry)
    this.watch(entry)
    this.note()
    await this.untilReady(entry)
    entry.hasServed = true
    // It may have answered and ended within the same moment.
    if (hasEnded(entry.child)) void this.revive(entry, howEnded(entry.child))
  }

  /** Runs a command to its end, stopped and cleared like a service. Returns its code and what it said last. */
  async run(name: string, command: string, args: string[], options: SpawnOptions = {}): Promise<Outcome> {
    if (this.stopping) throw new Stopping()
    let task: ChildProcess | undefined
    try {
      return await runCommand(command, args, { detached: ownGroup, ...options }, (child) => {
        this.tasks.set(task = child, name)
        this.note()
      })
    }
    finally {
      if (task) this.tasks.delete(task)
      if (!this.stopping) this.note()
    }
  }

  /** Something to give back once all have ended. `fatal` ends the portal where it got lost. */
  async hold(take: (fatal: (reason: string) => void) => Promise<() => Promise<void>>): Promise<void> {
    this.held.push(await take(reason => this.fatal(reason)))
  }

  /** What each service said last, for an end that nobody foresaw. */
  said(): string {
    return this.running.filter(({ log }) => log.length).map(({ service, log }) => `\n${service.name}:${lastWords(log)}`).join('')
  }

  async stop(): Promise<void> {
    this.stopping = true
    await Promise.all([...this.tasks.keys()].map(child => end(child, 'SIGTERM')))
    for (const { service, child } of [...this.running].reverse()) await end(child, service.stopSignal ?? 'SIGTERM')
    this.running = []
    for (const giveBack of this.held.splice(0)) await giveBack()
    rmSync(this.file, { force: true })
  }

  private async launch(service: ServiceOptions): Promise<ChildProcess> {
    await service.beforeStart?.()
    if (this.stopping) throw new Stopping()
    return spawn(service.command, service.args, { stdio: ['ignore', 'pipe', 'pipe'], detached: ownGroup, ...service.options })
  }

  private watch(entry: Entry): void {
    const { service, child } = entry
    keepEnd(child, entry.log, 20)
    child.on('error', (error) => { if (entry.hasServed) this.fatal(`${service.name}: ${error.message}`) })
    child.on('exit', () => { if (entry.hasServed) void this.revive(entry, howEnded(child)) })
  }

  private async revive(entry: Entry, how: string): Promise<void> {
    if (this.stopping) return
    const { service } = entry
    const now = Date.now()
    entry.ends = [...entry.ends.filter(at => now - at < RESTART_WINDOW_MS), now]
    // A service that takes long to fail may end seldom and still never be there.
    const count = Math.max(entry.ends.length, entry.unanswered)
    if (count > RESTARTS_ALLOWED) return this.fatal(`${service.name} 一再停止（${count} 次，最后一次：${how}）\n${service.name} kept ending (${count} times, last: ${how})${lastWords(entry.log)}`)
    const pause = 200 * 2 ** (count - 1)
    console.error(`! ${service.name} 意外停止（${how}），${pause} 毫秒后重启  ended (${how}), restarting in ${pause} ms`)
    await sleep(pause)
    entry.unanswered++
    let child: ChildProcess
    try { child = await this.launch(service) }
    catch (error) { return this.revive(entry, (error as Error).message) }
    entry.child = child
    this.watch(entry)
    this.note()
    const isCurrent = () => entry.child === child && !hasEnded(child) && !this.stopping
    try {
      await service.ready()
      if (!isCurrent()) return
      entry.unanswered = 0
      console.error(`· ${service.name} 已恢复  answers again`)
    }
    catch (error) {
      if (!isCurrent()) return
      // A start that never answers is ended, which brings it back here with the next back-off.
      console.error(`! ${(error as Error).message}`)
      child.kill('SIGKILL')
    }
  }

  private async untilReady(entry: Entry): Promise<void> {
    const { service, child } = entry
    const failed = new Promise<never>((_, reject) => {
      child.once('error', error => reject(new Foreseen(`${service.name} 启动不了\n${service.name} cannot be started: ${error.message}`)))
      // After its output is complete, which says why.
      child.once('close', () => reject(new Foreseen(
        `${service.name} 一启动就停止了（${howEnded(child)}）\n${service.name} ended at start (${howEnded(child)})${lastWords(entry.log)}`)))
    })
    failed.catch(() => { /* a later end is handled by revive() */ })
    await Promise.race([service.ready(), failed])
  }

  private fatal(reason: string): void {
    if (!this.stopping) this.onFatal(reason)
  }

  private note(): void {
    const children = [...this.running.map(({ service, child }) => ({ name: service.name, child })),
      ...[...this.tasks].map(([child, name]) => ({ name, child }))]
    const leftovers: Leftover[] = children.filter(({ child }) => child.pid !== undefined && !hasEnded(child))
      .map(({ name, child }) => ({ name, pid: child.pid!, startedAt: processStart(child.pid!) }))
    try { writeWhole(this.file, JSON.stringify(leftovers)) }
    catch (error) { console.error(`! ${explain(error)}`) } // nothing that runs stops for it
  }
}

/** Children get a process group of their own: Ctrl-C in a terminal reaches the launcher alone, which stops them in order. */
const ownGroup = process.platform !== 'win32'

async function end(child: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  const gone = new Promise<boolean>(resolve => child.once('exit', () => resolve(true)))
  child.kill(how)
  if (await Promise.race([gone, sleep(8_000, false, { ref: false })])) return
  child.kill('SIGKILL')
  await gone
}

function readLeftovers(file: string): Leftover[] {
  try {
    const noted = JSON.parse(readFileSync(file, 'utf8')) as Leftover[]
    // Without a start time the pid may be anybody's by now; only Windows has none to give.
    return noted.filter(({ pid, startedAt }) => pid > 0 && (startedAt !== null || process.platform === 'win32'))
  }
  catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function howEnded(child: ChildProcess): string {
  return child.signalCode ?? `code ${child.exitCode}`
}
