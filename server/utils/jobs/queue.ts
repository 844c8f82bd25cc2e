import { setTimeout as pause } from 'node:timers/promises'
import type { PgBoss } from 'pg-boss'

// A run whose server was killed is noticed after this silence and tried again.
const SILENCE_SECONDS = 15
const LONGEST_RUN_SECONDS = 2 * 60 * 60
const LONGEST_WAIT_MS = 10_000

let queue: Promise<PgBoss> | undefined
// Who asks for a job in the first moments of a server waits for the queue.
const { promise: begun, resolve: begin } = Promise.withResolvers<PgBoss>()
begun.catch(() => { /* told to whoever waits */ })
const ending = new AbortController()

/**
 * Starts the work on jobs inside this process: one run of each job at a time here, none twice anywhere.
 * The library and its tables are fetched now, not with the server's first page.
 */
export function startJobs(jobs: readonly Job[]): Promise<PgBoss> {
  if (!queue) {
    queue = startOnceItCan(jobs)
    begin(queue)
  }
  return queue
}

// A database that recovers from a crash refuses everybody for some seconds: a server that gave up then would do no work until its next start.
async function startOnceItCan(jobs: readonly Job[]): Promise<PgBoss> {
  for (let wait = 500; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try { return await start(jobs) }
    catch (error) {
      ending.signal.throwIfAborted()
      log(error as Error, 'queue')
      await pause(wait, undefined, { signal: ending.signal })
    }
  }
}

async function start(jobs: readonly Job[]): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss')
  const boss = new PgBoss({
    connectionString: portalSettings().databaseUrl, options: '-c role=job_server', application_name: 'linxue jobs', max: 2,
    schema: 'jobs', createSchema: false, superviseIntervalSeconds: SILENCE_SECONDS, reindex: false, monitorVacuum: false, useListenNotify: true,
  })
  boss.on('error', error => log(error, 'queue'))
  try {
    await boss.start()
    for (const job of jobs) await attend(boss, job)
    return boss
  }
  catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined)
    throw error
  }
}

async function attend(boss: PgBoss, { name, schedule, retries = 3, run }: Job): Promise<void> {
  const options = { retryLimit: retries, retryDelay: 5, retryBackoff: true, heartbeatSeconds: SILENCE_SECONDS, expireInSeconds: LONGEST_RUN_SECONDS, notify: true }
  // Stately: of runs with one key one works and one waits, so a start during a run is not lost and a third changes nothing.
  await boss.createQueue(name, { ...options, policy: 'stately' })
  await boss.updateQueue(name, options)
  if (schedule) await boss.schedule(name, schedule, {}, { tz: 'Asia/Shanghai' })
  else await boss.unschedule(name)
  await boss.work(name, { pollingIntervalSeconds: 2, includeMetadata: true as const }, async ([job]) => {
    const { data, signal, retryCount, retryLimit } = job!
    try { await run((data ?? {}) as object, { signal, isLastTry: retryCount >= retryLimit }) }
    catch (error) {
      log(error as Error, name)
      throw error
    }
  })
}

/**
 * Puts a run of a job in line; of runs with the same `key` one works and one waits. The payload stays in the queue's tables for days: ids only, nothing about people.
 */
export async function startJob(name: string, payload: object, key?: string): Promise<void> {
  const boss = await begun
  await boss.send(name, payload, key ? { singletonKey: key } : {})
}

/** Lets running jobs come to a stop; those that take longer are tried again by the next server. */
export async function stopJobs(): Promise<void> {
  ending.abort()
  const boss = await queue?.catch(() => undefined)
  await boss?.stop({ graceful: true, timeout: 5_000 })
}

function log(error: Error, job: string): void {
  console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job, error: error.stack ?? String(error) }))
}
