// The rules page: what is in force, what is going to change on which day, and caps of every kind, in words.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type postgres from 'postgres'
import type { RuleSaid } from '~~/shared/types/credits'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
let city: string
beforeAll(async () => {
  sql = portalSql()
  city = await signedIn(sql, { username: 'city' })
})
afterAll(async () => {
  await sql`delete from public.credit_caps where rule_id = 'volunteer_service'`
  await sql.end()
})

const rule = async (id: string, headers?: Record<string, string>) => (await ask<RuleSaid[]>('/api/credits/rules', headers ? { headers } : {})).body.find(one => one.id === id)!
const dayIn = async (days: number) => (await sql`select (private.china_date(now()) + ${days}::integer)::text as day`)[0]!.day as string
const setCap = (body: object) => ask('/api/desk/credits/caps', { method: 'POST', cookie: city, body: { rule: 'volunteer_service', ...body } })

it('a change to come stands with its day, for rates, caps and the end of caps', async () => {
  expect(await rule('volunteer_service')).toMatchObject({ gives: '每服务 50 分钟得 1 学分', caps: [], changes: [] })
  const day = await dayIn(20)
  const [year, month, date] = day.split('-').map(Number)
  expect((await ask<{ version: number }>('/api/desk/credits/rules', { method: 'POST', cookie: city, body: { rule: 'volunteer_service', basis: 'minutes', perMinutes: '40', fromDay: day } })).status).toBe(200)
  expect((await rule('volunteer_service')).changes).toEqual([`${year}年${month}月${date}日起：每服务 40 分钟得 1 学分`])
  const [version] = await sql`select id from public.credit_rule_versions where rule_id = 'volunteer_service' and lower(in_force) = ${day}`
  expect((await ask('/api/desk/credits/withdrawals', { method: 'POST', cookie: city, body: { version: version!.id } })).status).toBe(200)
  expect((await rule('volunteer_service')).changes).toEqual([])
})

it('caps of a term, of a category and of each institution are entered at the desk and said to everybody', async () => {
  const today = await dayIn(0)
  expect(await setCap({ period: 'term', scope: 'institution', firstMonth: '3', amount: '600', fromDay: today })).toMatchObject({ status: 200 })
  expect(await setCap({ period: 'year', scope: 'category:health', amount: '3000', fromDay: today })).toMatchObject({ status: 200 })
  expect(await setCap({ period: 'month', scope: 'all', amount: '1200', fromDay: await dayIn(9) })).toMatchObject({ status: 200 })
  expect(await setCap({ period: 'year', scope: 'category:no_such_thing', amount: '3000', fromDay: today })).toMatchObject({ status: 422, body: { code: 'category_unknown' } })
  expect(await setCap({ period: 'year', scope: 'everything', amount: '3000', fromDay: today })).toMatchObject({ status: 422 })
  expect(await setCap({ period: 'year', firstMonth: '13', amount: '3000', fromDay: today })).toMatchObject({ status: 422, body: { details: { fields: { firstMonth: 'first_month_invalid' } } } })
  expect(await ask('/api/desk/credits/caps', { method: 'POST', cookie: city, body: { rule: 'staff_correction', period: 'year', scope: 'institution', amount: '5', fromDay: today } }))
    .toMatchObject({ status: 422, body: { code: 'scope_not_for_decisions' } })
  const said = await rule('volunteer_service')
  const [category] = await sql`select zh, en from public.categories where id = 'health'`
  expect(said.caps).toEqual(['在同一所学校每学期最多计 600 分钟（三月、九月起各一学期）', `“${category!.zh}”类每年最多计 3000 分钟`])
  expect(said.changes).toEqual([expect.stringMatching(/起：每月最多计 1200 分钟$/)])
  expect((await rule('volunteer_service', { cookie: 'lang=en' })).caps[1]).toBe(`${category!.en}: At most 3000 minutes a year`)
})
