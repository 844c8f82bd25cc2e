import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'
import { sessionCookieFor } from '../fixtures/session.ts'

interface Settlement { next: { startsOn: string, isOver: boolean } | null, years: { id: number, closedAt: string | null, statements: number }[] }
interface Mine { year: { from: string } | null, statements: { openingMilliCredits: number, closingMilliCredits: number, lines: { seq: number, milliCredits: number, balanceAfterMilliCredits: number }[], supplements: { lines: object[] }[] }[] }
let sql: postgres.Sql
let city: string
let resident: string

beforeAll(async () => {
  sql = portalSql()
  city = await signedIn(sql, { username: 'city' })
  // Somebody who learned in the first year already.
  const [account] = await sql`
    select account.id from identity.accounts account join credit_postings posting on posting.person_id = account.person_id
    where account.username is null and posting.milli_credits > 0 order by posting.posted_at limit 1`
  resident = await sessionCookieFor(sql, inject('sessionSecret'), account!.id as string)
})
afterAll(() => sql.end())

const desk = async () => (await ask<Settlement>('/api/desk/credits/settlement', { cookie: city })).body
const close = (startsOn: string, cookie = city) => ask<{ year: number }>('/api/desk/credits/settlement', { method: 'POST', body: { startsOn }, cookie })

it('a year is closed once by its job; then each learner has a statement of lines without a gap, and a file of it', async () => {
  expect((await ask<Mine>('/api/credits/statement', { cookie: resident })).body).toMatchObject({ year: null, statements: [] })
  const { next } = await desk()
  expect(await close('2031-01-01')).toMatchObject({ status: 409, body: { code: 'year_not_next' } })
  expect(await close('someday')).toMatchObject({ status: 422, body: { code: 'year_unknown' } })
  const pressed = await Promise.all([close(next!.startsOn), close(next!.startsOn)])
  expect(new Set(pressed.map(({ body }) => body.year)).size).toBe(1)
  await expect.poll(async () => (await desk()).years[0]?.closedAt, { timeout: 30_000, interval: 300 }).toBeTruthy()
  const { body: { year, statements: [one] } } = await ask<Mine>('/api/credits/statement', { cookie: resident })
  expect(year).toMatchObject({ from: next!.startsOn })
  expect(one!.lines.map(({ seq }) => seq)).toEqual(one!.lines.map((_, index) => one!.lines[0]!.seq + index))
  expect(one!.openingMilliCredits + one!.lines.reduce((sum, { milliCredits }) => sum + milliCredits, 0)).toBe(one!.closingMilliCredits)
  expect(await ask('/api/credits/statement?from=1999-01-01', { cookie: resident })).toMatchObject({ status: 404, body: { code: 'year_unknown' } })
  const file = await fetch(`${inject('portalUrl')}/api/credits/statement.csv?from=${year!.from}`, { headers: { cookie: resident } })
  expect(file.headers.get('content-disposition')).toContain(`statement-${year!.from}.csv`)
  expect((await file.text()).trim().split('\n')).toHaveLength(one!.lines.length + 3 + one!.supplements.reduce((sum, { lines }) => sum + lines.length + 1, 0))
  expect(await sql`select * from private.credit_faults_of_statements()`).toEqual([])
}, 60_000)
