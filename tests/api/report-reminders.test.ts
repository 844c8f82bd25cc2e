// The job that reminds of reports: one text to whoever hands in, the units above see who is late and who was told.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'
import { until } from '../fixtures/launcher.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

const PHONE = '13977700001'
const sql = portalSql()
const boss = new PgBoss({
  connectionString: inject('portalDatabaseUrl'), options: '-c role=job_server', schema: 'jobs', createSchema: false, max: 1, supervise: false, schedule: false,
})
let period = 0

beforeAll(async () => {
  // The server attends to its jobs after its first page: moments later the queue is there.
  await until(async () => (await sql`select to_regclass('jobs.queue') is not null as made`)[0]!.made as boolean, 60_000)
  await until(async () => (await sql`select from jobs.queue where name = 'report-reminders'`).length === 1, 60_000)
  await boss.start()
  const sealed = openVault(inject('portalDataKey')).seal('phone', PHONE)
  await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail)
    select person_id, 'phone', ${sealed.cipher}, ${sealed.keyId}, ${sealed.lookup}, ${sealed.masked}, ${sealed.tail} from identity.accounts where username = 'qingxi'`
  const [row] = await sql`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
    values (2025, 'q4', '2025-10-01', '2025-12-31', private.china_date(now()) - 1, '{township}') returning id`
  period = row!.id as number
}, 150_000)
afterAll(async () => {
  for (const table of ['private.reminder_texts', 'public.report_reminders', 'public.reports']) await sql.unsafe(`delete from ${table} where period_id = ${period}`)
  await sql`delete from public.reporting_periods where id = ${period}`
  await sql`delete from private.person_contacts where masked = '139****0001' and kind = 'phone' and person_id = (select person_id from identity.accounts where username = 'qingxi')`
  await boss.stop({ graceful: false })
  await sql.end()
})

const messages = () => {
  const file = join(inject('portalDataDir'), 'outbox', 'sms.jsonl')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(line => JSON.parse(line) as { phone: string, text: string }).filter(({ phone }) => phone === PHONE) : []
}
/** Has the server run its job, and waits for the end. */
async function runJob(): Promise<void> {
  const id = await boss.send('report-reminders', {})
  await expect.poll(async () => (await sql`select state from jobs.job where id = ${id}`)[0]?.state as string, { timeout: 60_000 }).toBe('completed')
}

interface Home { tasks: { task: string, periodId: number, code: string, isPastDue: boolean }[], late: { periodId: number, units: number, first: { code: string }[] }[] }
interface Periods { reports: { code: string, remindedAt: string | null, isTexted: boolean }[] }
const home = async (username: string) => (await ask<Home>('/api/desk/home', { cookie: await signedIn(sql, { username }) })).body

it('texts the manager once, however often it runs', { timeout: 150_000 }, async () => {
  await runJob()
  await runJob()
  const yesterday = new Date(Date.now() - 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).split('-').map(Number)
  expect(messages().map(({ text }) => text)).toEqual([
    `【邻学】清溪镇的 2025 年第四季度报送已过截止日（${yesterday[0]}年${yesterday[1]}月${yesterday[2]}日），还没有报。请登录工作台，在“报送”里办理。`,
  ])
})

it('whoever owes the report has it on the first page of the desk, and those above see who is late', async () => {
  expect((await home('qingxi')).tasks).toContainEqual(expect.objectContaining({ task: 'hand_in', periodId: period, code: 'QJ-YX-01', isPastDue: true }))
  expect((await home('qingxi')).late.find(({ periodId }) => periodId === period)).toBeUndefined()
  const late = (await home('yunxi')).late.find(({ periodId }) => periodId === period)!
  expect(late.first.map(({ code }) => code)).toContain('QJ-YX-01')
  expect(late.first).toHaveLength(Math.min(5, late.units))
  expect((await home('inspector')).late.find(({ periodId }) => periodId === period)!.units).toBeGreaterThan(late.units)
  expect(await home('system')).toMatchObject({ figures: null, late: [] })
})

it('the list of reports says who was reminded, and whether a text left', async () => {
  const { body } = await ask<Periods>(`/api/desk/periods?period=${period}`, { cookie: await signedIn(sql, { username: 'yunxi' }) })
  expect(body.reports.find(({ code }) => code === 'QJ-YX-01')).toMatchObject({ remindedAt: expect.any(String), isTexted: true })
  expect(body.reports.find(({ code }) => code === 'QJ-YX-02')).toMatchObject({ remindedAt: expect.any(String), isTexted: false })
})

it('nobody is texted about a report that came in', { timeout: 90_000 }, async () => {
  await sql`update public.reporting_periods set due_on = private.china_date(now()) + 2 where id = ${period}`
  await sql`insert into public.reports (period_id, unit_id, state, version) select ${period}, id, 'handed_in', 1 from public.units where code = 'QJ-YX-01'`
  const before = messages().length
  await runJob()
  expect(messages()).toHaveLength(before)
  const steps = await sql`select unit.code, array_agg(told.step order by told.step) as steps from public.report_reminders told
    join public.units unit on unit.id = told.unit_id where period_id = ${period} and unit.code in ('QJ-YX-01', 'QJ-YX-02') group by 1 order by 1`
  expect(steps.map(({ code, steps }) => [code, steps])).toEqual([['QJ-YX-01', ['late']], ['QJ-YX-02', ['due_soon', 'late']]])
})
