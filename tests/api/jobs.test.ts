import { afterAll, expect, it } from 'vitest'
import { portalSql } from '../fixtures/portal.ts'

const sql = portalSql()
afterAll(() => sql.end())

it('the server attends to its queue of jobs shortly after the start', async () => {
  await expect.poll(async () => (await sql`select to_regclass('jobs.job') is not null as made`)[0]!.made, { timeout: 15_000 }).toBe(true)
})
