import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseUrl, pool } from '../fixtures/database.ts'

const boss = () => new PgBoss({
  connectionString: databaseUrl, options: '-c role=job_server', schema: 'jobs', createSchema: false, max: 2, supervise: false, schedule: false,
})

describe('the queue of jobs', () => {
  let first: PgBoss
  beforeAll(async () => {
    first = await boss().start()
    await first.createQueue('sweep', { policy: 'stately', heartbeatSeconds: 15, retryLimit: 1 })
  })
  afterAll(() => first.stop({ graceful: false }))

  it('is made by the role of the jobs, in its own schema and nowhere else', async () => {
    const owned = await pool`select distinct nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relowner = 'job_server'::regrole`
    expect(owned.map(({ nspname }) => nspname as string)).toEqual(expect.arrayContaining(['jobs']))
    expect(owned.filter(({ nspname }) => !['jobs', 'pg_toast'].includes(nspname as string))).toEqual([])
  })

  it('is closed to whoever comes through the data API', async () => {
    const [row] = await pool`select has_schema_privilege('anon', 'jobs', 'usage') as anon, has_schema_privilege('authenticated', 'jobs', 'usage') as account`
    expect(row).toEqual({ anon: false, account: false })
  })

  it('takes a second start of the same work while one runs, and no third', async () => {
    const send = () => first.send('sweep', {}, { singletonKey: '7' })
    expect(await send()).not.toBeNull()
    const [running] = await first.fetch('sweep')
    expect(await send()).not.toBeNull()
    expect(await send()).toBeNull()
    await first.complete('sweep', running!.id)
  })
})
