// The queue of jobs begins once the database lets it, and whoever asked for a job meanwhile gets it.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

const boss = vi.hoisted(() => ({ starts: 0, stops: 0, queues: [] as string[], sent: [] as string[] }))
vi.mock('pg-boss', () => ({
  PgBoss: class {
    on() {}
    async start() { if (++boss.starts < 3) throw new Error('the database system is in recovery mode') }
    async stop() { boss.stops++ }
    async createQueue(name: string) { boss.queues.push(name) }
    async updateQueue() {}
    async unschedule() {}
    async work() {}
    async send(name: string) { boss.sent.push(name) }
  },
}))

const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeAll(() => { vi.stubGlobal('portalSettings', () => ({ databaseUrl: 'postgres://nowhere' })) })
afterAll(() => { vi.unstubAllGlobals() })

it('starts again until the database is there', async () => {
  const { startJob, startJobs, stopJobs } = await import('../../server/utils/jobs/queue.ts')
  const asked = startJob('import', { id: 4 }, '4')
  await startJobs([{ name: 'import', run: async () => {} }])
  await asked
  expect(boss).toMatchObject({ starts: 3, stops: 2, queues: ['import'], sent: ['import'] })
  expect(logged.mock.calls.map(([line]) => JSON.parse(line as string).error as string)).toEqual([1, 2].map(() => expect.stringContaining('recovery mode')))
  await stopJobs()
  expect(boss.stops).toBe(3)
})
