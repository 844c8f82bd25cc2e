import type postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
beforeAll(() => { sql = portalSql() })
afterAll(() => sql.end())

interface Figures { name: string, code: string, groups: { id: string, people: number }[], below: { code: string, people: number }[], years: number[] }

it('a visitor reads the region’s figures in tens, and those of a place below it', async () => {
  const region = (await ask<Figures>('/api/figures')).body
  expect(region.groups.find(({ id }) => id === 'resident')!.people).toBeGreaterThan(0)
  expect(region.groups.every(({ people }) => people % 10 === 0)).toBe(true)
  const place = (await ask<Figures>(`/api/figures?place=${region.below[0]!.code}`)).body
  expect(place.code).toBe(region.below[0]!.code)
  expect(place.groups.find(({ id }) => id === 'resident')!.people).toBe(region.below[0]!.people)
})

it('a place that is not there is refused, one without figures is an empty answer under its name', async () => {
  expect(await ask('/api/figures?place=QJ-NOWHERE')).toMatchObject({ status: 404, body: { code: 'unit_unknown' } })
  expect(await ask('/api/figures?place=QJ-YX-01-S')).toMatchObject({ status: 404, body: { code: 'unit_unknown' } })
  expect(await ask('/api/figures?place=QJ-YX-01-01')).toMatchObject({ status: 200, body: { code: 'QJ-YX-01-01', above: 'QJ-YX-01', groups: [], below: [], years: [] } })
  const { body } = await ask<Figures>('/api/figures?place=QJ-YX-01&year=2003')
  expect(body).toMatchObject({ code: 'QJ-YX-01', groups: [] })
  expect(body.years.length).toBeGreaterThan(0)
  expect((await ask<string>('/figures?place=QJ-YX-01-01')).body).toContain('还没有公布数据')
})

it('a year and a place that make no sense are those of today and of the region', async () => {
  expect((await ask<Figures>('/api/figures?year=abc&place=%3Cb%3E')).body).toMatchObject({ code: (await ask<Figures>('/api/figures')).body.code })
})

it('the share of residents who serve is a figure of a unit, to be opened by who sees names, with small numbers hidden from others', async () => {
  interface Row { isParent: boolean, registered: number | null, served: number | null, residents: number | null, hours: number | null }
  const [manager, teacher] = [await signedIn(sql, { username: 'qingxi' }), await signedIn(sql, { username: 'teacher' })]
  const rows = async (cookie: string, unit = 'QJ-YX-01') => (await ask<{ residence: { service: Row[] } }>(`/api/desk/metrics?unit=${unit}`, { cookie })).body.residence.service
  const exact = (await rows(manager)).find(({ isParent }) => isParent)!
  expect(exact.registered).toBeGreaterThan(0)
  expect(exact.served).toBeLessThanOrEqual(exact.registered!)
  const year = new Date(Date.now() + 8 * 3_600_000).getUTCFullYear()
  const people = `/api/desk/volunteers?unit=QJ-YX-01&counted=yes&from=${year}-01-01&until=${year}-12-31`
  expect((await ask<{ total: number }>(people, { cookie: manager })).body.total).toBe(exact.served)
  expect((await ask<{ total: number }>(`${people}&idle=yes`, { cookie: manager })).body.total).toBe(exact.registered)
  expect(await ask(people, { cookie: teacher })).toMatchObject({ status: 403 })
  for (const { registered, served, hours } of await rows(teacher)) {
    expect([registered, served, hours].every(one => one === null) || [registered, served].every(one => one === 0 || one! > 4)).toBe(true)
  }
  const file = await ask<string>('/api/desk/metrics/file?unit=QJ-YX-01&table=service', { cookie: manager })
  expect(file.body).toContain(`,${exact.served},`)
})

it('what the night\'s check found is told beside the figures, and to the region\'s posts on their first page; so is that none ran', async () => {
  interface Check { last: { persons: number, county: string, differences: { cells: number, units: string[] } } | null, isOverdue: boolean }
  const [city, qingxi] = [await signedIn(sql, { username: 'city' }), await signedIn(sql, { username: 'qingxi' })]
  const beside = async (cookie: string) => (await ask<{ check: Check }>('/api/desk/metrics', { cookie })).body.check
  const atHome = async (cookie: string) => (await ask<{ check: Check | null }>('/api/desk/home', { cookie })).body.check
  const [last] = await sql`select * from private.figure_checks order by id desc limit 1`
  expect(last!.cells_checked).toBeGreaterThan(0)
  expect(await beside(qingxi)).toMatchObject({ last: { persons: last!.persons_checked }, isOverdue: false })
  const [township] = await sql`select id, name from public.units where code = 'QJ-YX-01'`
  const [bad] = await sql`insert into private.figure_checks (day, persons_checked, county_id, cells_checked, differences)
    values (private.china_date(now()), 10, ${last!.county_id}, 20, ${sql.json([{ what: 'cell', year: 2026, axis: 1, unit: township!.id }])}) returning id`
  try {
    expect((await beside(qingxi)).last).toMatchObject({ persons: 10, differences: { cells: 1, units: [township!.name] } })
    expect(await atHome(city)).toMatchObject({ last: { differences: { cells: 1 } } })
    expect(await atHome(qingxi)).toBeNull()
    const pages = await Promise.all(['/desk/metrics', '/desk'].map(async path => (await ask<string>(path, { cookie: city })).body))
    for (const page of pages) expect(page).toContain(`1 个数字（${township!.name}）`)
    await sql`update private.figure_checks set differences = '[]', checked_at = now() - interval '51 hours' where id = ${bad!.id}`
    expect((await ask<string>('/desk', { cookie: city })).body).toContain('已经连续两夜没有自动核对数字')
  }
  finally { await sql`delete from private.figure_checks where id = ${bad!.id}` }
})

it('young people in the holidays are no more than the young people reached, and trained staff no more than staff; both with a file', async () => {
  interface Row { code: string, isParent: boolean, persons: number | null, population: number | null }
  interface Answer { year: number, residence: { groups: { id: string, persons: number }[], holidays: Row[], staff: { role: { id: string } | null, holders: number | null, trained: number | null }[] } }
  const [manager, inspector] = [await signedIn(sql, { username: 'yunxi' }), await signedIn(sql, { username: 'inspector' })]
  const { residence } = (await ask<Answer>('/api/desk/metrics?unit=QJ-YX', { cookie: manager })).body
  const whole = residence.holidays.find(({ isParent }) => isParent)!
  expect(whole.persons).toBeGreaterThan(0)
  expect(whole.persons).toBeLessThanOrEqual(residence.groups.find(({ id }) => id === 'youth')!.persons)
  expect(residence.holidays.filter(({ isParent }) => !isParent).reduce((sum, { persons }) => sum + persons!, 0)).toBe(whole.persons)
  const all = residence.staff.find(({ role }) => role === null)!
  expect(all.trained).toBeGreaterThan(0)
  expect(all.trained).toBeLessThanOrEqual(all.holders!)
  expect((await ask<string>('/api/desk/metrics/file?unit=QJ-YX&table=holidays', { cookie: manager })).body).toContain(`,${whole.persons},`)
  expect((await ask<string>('/api/desk/metrics/file?unit=QJ-YX&table=staff', { cookie: manager })).body).toContain(`,${all.holders},${all.trained},`)
  const hidden = (await ask<Answer>('/api/desk/metrics?unit=QJ-YX-01', { cookie: inspector })).body.residence
  for (const { persons } of hidden.holidays) expect(persons === null || persons === 0 || persons > 4).toBe(true)
  for (const { holders, trained } of hidden.staff) expect(holders === null ? trained === null : [holders, trained!, holders - trained!].every(one => one === 0 || one > 4)).toBe(true)
})
