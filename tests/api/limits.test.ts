import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { request } from 'undici'
import { ask, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
beforeAll(() => { sql = portalSql() })
afterAll(() => sql.end())

it('a body without a length is cut off at the limit, not read to its end', async () => {
  let sent = 0
  async function* endless() {
    for (; sent < 200; sent++) yield Buffer.alloc(64 * 1024, 120)
  }
  const { statusCode } = await request(`${inject('portalUrl')}/api/preferences`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: endless() as never })
    .catch(() => ({ statusCode: 413 })) // the connection may be closed while we still write
  expect(statusCode).toBe(413)
  expect(sent).toBeLessThan(200)
})

it('what was typed comes back only as far as a cookie has room', async () => {
  const body = new URLSearchParams({ phone: '1', note: 'x'.repeat(20_000) }).toString()
  const { status, headers } = await ask('/api/identity/codes', { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  expect(status).toBe(303)
  expect(headers.getSetCookie().join().length).toBeLessThan(4000)
})

it.each(['/api/desk/people?name=%00a', '/api/courses?category=%00'])('%s is refused, not a failure', async (path) => {
  expect((await ask(path, { cookie: await signedIn(sql, { username: 'qingxi' }) })).status).toBeLessThan(500)
})

it('a stranger\'s wrong passwords do not lock the owner out from elsewhere', async () => {
  await sql`delete from identity.limits`
  for (let attempt = 0; attempt < 11; attempt++) await ask('/api/identity/staff-session', { method: 'POST', body: { username: 'yunxi', password: 'wrong' } })
  // The same name from another address: only the counter of that address stands at its limit.
  await sql`update identity.limits set key = replace(key, '127.0.0.1', '203.0.113.9')`
  expect((await ask('/api/identity/staff-session', { method: 'POST', body: { username: 'yunxi', password: 'Linxue-2026' } })).status).toBe(200)
  await sql`delete from identity.limits`
})

it('a course that was withdrawn stays open to those who joined it', async () => {
  const cookie = await signedIn(sql, { phone: '13900000002' })
  const [joined] = await sql`
    select course.slug from enrolments join courses course on course.id = course_id
    join identity.accounts account on account.person_id = enrolments.person_id where account.phone_lookup = ${lookupOf('13900000002')} limit 1`
  await sql`update courses set status = 'withdrawn' where slug = ${joined!.slug}`
  expect((await ask(`/api/courses/${joined!.slug}`, { cookie })).status).toBe(200)
  expect((await ask(`/api/courses/${joined!.slug}?fresh=1`, { cookie: 'flash=e30' })).status).toBe(404)
  await sql`update courses set status = 'published' where slug = ${joined!.slug}`
})
