import type { PgBoss } from 'pg-boss'

// A run whose server was killed is noticed after this silence and tried again.
const SILENCE_SECONDS = 15
const LONGEST_RUN_SECONDS = 2 * 60 * 60

let queue: Promise<PgBoss> | undefined
// Who asks for a job in the first moments of a server waits for the queue.
const { promise: begun, resolve: begin } = Promise.withResolvers<PgBoss>()
begun.catch(() => { /* told to whoever waits, and logged where the queue is started */ })

/**
 * Starts the work on jobs inside this process: one run of each job at a time here, none twice anywhere.
 * The library and its tables are fetched now, not with the server's first page.
 */
export function startJobs(jobs: readonly Job[]): Promise<PgBoss> {
  if (!queue) {
    queue = start(jobs)
    begin(queue)
  }
  return queue
}

async function start(jobs: readonly Job[]): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss')
  const boss = new PgBoss({
    connectionString: portalSettings().databaseUrl, options: '-c role=job_server', application_name: 'linxue jobs', max: 2,
    schema: 'jobs', createSchema: false, superviseIntervalSeconds: SILENCE_SECONDS, reindex: false, monitorVacuum: false, useListenNotify: true,
  })
  boss.on('error', error => log(error, 'queue'))
  await boss.start()
  for (const job of jobs) await attend(boss, job)
  return boss
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
  const boss = await queue?.catch(() => undefined)
  await boss?.stop({ graceful: true, timeout: 5_000 })
}

function log(error: Error, job: string): void {
  console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job, error: error.stack ?? String(error) }))
}
