// Records put right through the API: asked by the resident, answered by the school with a reason, shown to both.
import type postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { takeLearner } from '../fixtures/learners.ts'
import { planActivity } from '../fixtures/planned-activities.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Recent { session: number, standing: string, request: { outcome: string | null, answer: string | null } | null }
let sql: postgres.Sql
beforeAll(() => { sql = portalSql() })
afterAll(() => sql.end())

it('who was there and is not counted says so, the school answers with a reason, and both see it', async () => {
  const learner = await takeLearner(sql)
  const [cookie, manager] = [await signedIn(sql, learner), await signedIn(sql, { username: 'qingxi' })]
  const one = await planActivity(sql)
  const post = (path: string, body: object, as = cookie) => ask(`/api/${path}`, { method: 'POST', cookie: as, body })
  await post(`activities/${one.code}/signups`, { pool: one.pools[0] })
  const given = { session: one.sessions[0], person: learner.personId, kind: 'was_there', words: '我坐在最后一排' }
  expect(await post('records', given)).toMatchObject({ status: 409, body: { code: 'session_not_over' } })
  await sql`update public.activity_sessions set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where id = ${one.sessions[0]!}`
  expect(await post('records', { ...given, words: '来' })).toMatchObject({ status: 422, body: { messages: { words: expect.any(String) } } })
  expect(await post('records', { ...given, person: learner.personId + 1 })).toMatchObject({ status: 403, body: { code: 'person_not_yours' } })
  expect((await post('records', given)).status).toBe(200)
  const mine = async () => (await ask<Recent[]>('/api/records', { cookie })).body.find(({ session }) => session === one.sessions[0])!
  expect(await mine()).toMatchObject({ standing: 'none', request: { outcome: null } })
  const { body } = await ask<{ requests: { id: number, name: string, daysLeft: number }[] }>('/api/desk/activities/records?unit=QJ-YX-01', { cookie: manager })
  const waiting = body.requests.find(({ name }) => name === learner.name)!
  expect(waiting.daysLeft).toBe(15)
  expect(await post(`desk/activities/records/${waiting.id}`, { choice: 'change', answer: '' }, manager)).toMatchObject({ status: 422, body: { messages: { answer: expect.any(String) } } })
  expect(await post(`desk/activities/records/${waiting.id}`, { choice: 'change', answer: '老师记得您' }, manager)).toMatchObject({ status: 200, body: { outcome: 'changed' } })
  expect(await mine()).toMatchObject({ standing: 'marked', request: { outcome: 'changed', answer: '老师记得您' } })
  expect((await ask<{ notices: { text: string }[] }>('/api/signups', { cookie })).body.notices[0]!.text).toContain('学校按您说的更正了：老师记得您')
  expect(await post(`desk/activities/records/${waiting.id}`, { choice: 'keep', answer: '再想想' }, manager)).toMatchObject({ status: 409, body: { code: 'record_request_answered' } })
})
