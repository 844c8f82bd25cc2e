// Reports by the unit right below, as files, approved together; a period that was opened wrongly.
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
const cookies: Record<string, string> = {}
beforeAll(async () => {
  sql = portalSql()
  for (const username of ['city', 'yunxi', 'qingxi', 'inspector']) cookies[username] = await signedIn(sql, { username })
})
afterAll(() => sql.end())

interface Child { code: string, isParent: boolean, due: number, arrived: number, inTime: number, approved: number }
interface Periods { period: { id: number, dueOn: string } | null, children: Child[], counts: { due: number, arrived: number, inTime: number, approved: number } }

async function makePeriod(part: string): Promise<number> {
  const [row] = await sql`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
    values (2019, ${part}, '2019-01-01', '2019-03-31', private.china_date(now()) + 60, '{township}') returning id`
  return row!.id as number
}

/** As if there never had been one: what is handed in cannot be deleted otherwise. */
const removePeriod = (period: number) => sql.begin(async (one) => {
  await one`set local session_replication_role = replica`
  for (const table of ['report_acts', 'report_figures', 'report_snapshots', 'reports', 'report_reminders']) await one`delete from ${one(`public.${table}`)} where period_id = ${period}`
  await one`delete from public.reporting_periods where id = ${period}`
})

describe('completeness and timeliness', () => {
  it('is told by the units right below, whose parts make up the whole with its own report', async () => {
    const { children, counts, period } = (await ask<Periods>('/api/desk/periods', { cookie: cookies.city })).body
    const [whole, ...below] = children
    expect(whole).toMatchObject({ isParent: true, ...counts })
    expect(below.length).toBeGreaterThan(1)
    for (const part of ['due', 'arrived', 'approved'] as const) {
      const sum = below.reduce((all, one) => all + one[part], 0)
      expect([sum, sum + 1]).toContain(whole![part])
    }
    const inner = (await ask<Periods>(`/api/desk/periods?unit=${below[0]!.code}&period=${period!.id}`, { cookie: cookies.city })).body
    expect(inner.children[0]).toMatchObject({ due: below[0]!.due, arrived: below[0]!.arrived, inTime: below[0]!.inTime, approved: below[0]!.approved })
    const page = (await ask<string>('/desk/periods', { cookie: cookies.city })).body
    expect(page).toContain(`/desk/periods?unit=${below[0]!.code}&amp;period=${period!.id}`)
  })

  it('is a file, and so is one report for whoever sees its figures', async () => {
    const { children, period } = (await ask<Periods>('/api/desk/periods?unit=QJ-YX', { cookie: cookies.yunxi })).body
    const address = `/api/desk/periods/file?unit=QJ-YX&period=${period!.id}`
    const csv = (await ask<string>(address, { cookie: cookies.yunxi })).body.trim().split('\r\n')
    expect(csv).toHaveLength(children.length + 1)
    expect(csv[1]!.split(',').slice(2, 6).map(Number)).toEqual([children[0]!.due, children[0]!.arrived, children[0]!.inTime, children[0]!.approved])
    expect((await ask<string>(`${address}&format=xlsx`, { cookie: cookies.yunxi })).headers.get('content-type')).toContain('spreadsheetml')
    expect(await ask(`/api/desk/periods/file?unit=QJ-YX&period=999999`, { cookie: cookies.yunxi })).toMatchObject({ status: 404, body: { code: 'period_unknown' } })
    const report = `/api/desk/periods/${period!.id}/QJ-YX-01/file`
    const figures = (await ask<string>(report, { cookie: cookies.qingxi })).body
    for (const name of ['常住居民学习人数', '单位组织的学习人数（不含自学）', '本单位办学教到的人数', '参加志愿服务的注册志愿者']) expect(figures).toContain(name)
    expect(await ask(report, { cookie: cookies.inspector })).toMatchObject({ status: 403, body: { code: 'names_hidden' } })
    expect(await ask(`${report}?version=99`, { cookie: cookies.qingxi })).toMatchObject({ status: 404 })
  })
})

describe('a period that was opened wrongly', () => {
  const post = (path: string, cookie: string, body: object) => ask(`/api/desk/periods/${path}`, { method: 'POST', cookie, body })

  it('gets another due day and is withdrawn, by who opens periods, with words for what is refused', async () => {
    const period = await makePeriod('q1')
    try {
      expect(await post(`${period}/due`, cookies.yunxi!, { dueOn: '2099-01-01' })).toMatchObject({ status: 403 })
      expect(await post(`${period}/due`, cookies.city!, { dueOn: '2001-01-01' })).toMatchObject({ status: 422, body: { code: 'period_due_on', message: expect.stringContaining('2019') } })
      expect(await post(`${period}/due`, cookies.city!, { dueOn: 'soon' })).toMatchObject({ status: 422, body: { code: 'period_due_on' } })
      expect(await post(`${period}/withdrawal`, cookies.city!, {})).toMatchObject({ status: 422, body: { code: 'period_withdraw_sure' } })
      expect(await post(`${period}/withdrawal`, cookies.yunxi!, { sure: 'yes' })).toMatchObject({ status: 403 })
      expect((await ask<string>(`/desk/periods?period=${period}`, { cookie: cookies.city })).body).toContain('改截止日或撤回这一期')
      expect((await ask<string>(`/desk/periods?period=${period}`, { cookie: cookies.yunxi })).body).not.toContain('改截止日或撤回这一期')
      expect(await post(`${period}/withdrawal`, cookies.city!, { sure: 'yes' })).toMatchObject({ status: 200 })
      expect(await post(`${period}/withdrawal`, cookies.city!, { sure: 'yes' })).toMatchObject({ status: 404, body: { code: 'period_unknown' } })
    }
    finally { await removePeriod(period) }
  })

  it('moves its day while it runs, and is kept once something was handed in', async () => {
    const [row] = await sql`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
      values (2019, 'q2', private.china_date(now()) - 90, private.china_date(now()) - 1, private.china_date(now()) + 60, '{township}') returning id, (due_on - 30)::text as sooner`
    const { id: period, sooner } = row!
    try {
      expect(await post(`${period}/due`, cookies.city!, { dueOn: sooner })).toMatchObject({ status: 200 })
      expect((await ask<Periods>(`/api/desk/periods?period=${period}`, { cookie: cookies.city })).body.period!.dueOn).toBe(sooner)
      expect(await post(`${period}/QJ-YX-01/hand-in`, cookies.qingxi!, {})).toMatchObject({ status: 200 })
      expect(await post(`${period}/withdrawal`, cookies.city!, { sure: 'yes' })).toMatchObject({ status: 409, body: { code: 'period_has_reports', details: { count: 1 } } })
    }
    finally { await removePeriod(period as number) }
  })
})

it('reports are approved together; those that something speaks against are named and stay', async () => {
  interface Together { total: number, waiting: { code: string, version: number, isOwn: boolean, drift: number }[] }
  const period = await makePeriod('q3')
  const approve = (body: object) => ask<{ approved: number, refused: { unit: string, code: string, message: string }[] }>('/api/desk/periods/approval', { method: 'POST', cookie: cookies.yunxi, body })
  try {
    for (const [unit, username] of [['QJ-YX-01', 'qingxi'], ['QJ-YX-02', 'yunxi']] as const)
      expect((await ask(`/api/desk/periods/${period}/${unit}/hand-in`, { method: 'POST', cookie: cookies[username], body: {} })).status).toBe(200)
    const { waiting, total } = (await ask<Together>(`/api/desk/periods/approval?period=${period}`, { cookie: cookies.yunxi })).body
    expect(total).toBe(2)
    expect(waiting.sort((a, b) => a.code.localeCompare(b.code))).toMatchObject([{ code: 'QJ-YX-01', drift: 0, isOwn: false }, { code: 'QJ-YX-02', isOwn: true }])
    expect(await approve({ period })).toMatchObject({ status: 422, body: { code: 'reports_none_chosen' } })
    const { body } = await approve({ 'period': String(period), 'r.QJ-YX-01.1': 'yes', 'r.QJ-YX-02.1': 'yes', 'r.QJ-HS-01.1': 'yes' })
    expect(body.approved).toBe(1)
    expect(body.refused.map(({ unit, code }) => [unit, code])).toEqual(expect.arrayContaining([['QJ-YX-02', 'report_own']]))
    expect(body.refused).toHaveLength(2)
    for (const { message, code } of body.refused) expect(message).not.toBe(code)
    expect((await ask<{ state: string }>(`/api/desk/periods/${period}/QJ-YX-01`, { cookie: cookies.qingxi })).body.state).toBe('approved')
    const page = (await ask<string>(`/desk/periods/approval?period=${period}`, { cookie: cookies.yunxi })).body
    expect(page).toContain('您自己报送的')
    expect(page).not.toContain('r.QJ-YX-02.1')
  }
  finally { await removePeriod(period) }
})
