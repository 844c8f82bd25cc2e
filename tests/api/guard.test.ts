import { describe, expect, it } from 'vitest'
import { ask } from '../fixtures/portal.ts'

describe('a change from another site is refused', () => {
  it.each<Record<string, string>>([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
  ])('%o', async (headers) => {
    expect(await ask('/api/preferences', { method: 'POST', body: { mode: 'elder' }, headers })).toMatchObject({ status: 403, body: { code: 'cross_site' } })
  })
})

it('the content module\'s own routes are closed', async () => {
  expect((await ask('/__nuxt_content/help/sql_dump.txt')).status).toBe(404)
  expect((await ask('/__nuxt_content/help/query', { method: 'POST', body: { sql: 'select 1' } })).status).toBe(404)
})

it('an unknown route of the API answers a stable code', async () => {
  expect(await ask('/api/no-such-thing')).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

it('a body over the limit is refused before it is read', async () => {
  expect(await ask('/api/identity/codes', { method: 'POST', body: JSON.stringify({ phone: '1'.repeat(70_000) }) })).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
})

it.each(['{"phone":', '[1', 'null', '"text"'])('the body %j is refused', async (body) => {
  const answer = await ask('/api/identity/codes', { method: 'POST', body })
  expect([400, 422]).toContain(answer.status)
  expect(answer.body).toMatchObject({ message: expect.stringMatching(/\p{Script=Han}/u) })
})

it('a refusal speaks the reader\'s language', async () => {
  const answer = await ask('/api/identity/codes', { method: 'POST', body: { phone: '1' }, cookie: 'lang=en' })
  expect(answer.body).toMatchObject({ code: 'phone_invalid', message: 'Please enter an 11-digit mobile number.' })
})

it('every answer names its type and forbids guessing', async () => {
  for (const path of ['/', '/api/live', '/icon.svg']) expect((await ask(path)).headers.get('x-content-type-options')).toBe('nosniff')
})
