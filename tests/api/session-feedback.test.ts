// What people say after a session: themselves with three taps, or the school for those without a phone.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type postgres from 'postgres'
import { asManager, planActivity, type Planned } from '../fixtures/planned-activities.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
let manager: string
let resident: string
let held: Planned
let people: { id: number, account: string | null }[]

beforeAll(async () => {
  sql = portalSql()
  manager = await signedIn(sql, { username: 'qingxi' })
  resident = await signedIn(sql, { phone: '13900000001' })
  held = await planActivity(sql, { signUp: 'none', inHours: [2] })
  await sql`update activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where id = ${held.sessions[0]!}`
  const [elder] = await sql`select person.id::integer as id from persons person where person.name = '王秀英' and person.counts_as is null and exists (select from identity.accounts account where account.person_id = person.id) order by person.id limit 1`
  const others = await sql`select person.id::integer as id from persons person join units home on home.id = person.residence_unit_id join units township on township.id = home.parent_id
    where township.code = 'QJ-YX-01' and person.counts_as is null and person.birth_year < 1990 and person.id <> ${elder!.id} order by person.id desc limit 6`
  people = [elder!, ...others] as unknown as typeof people
  await asManager(sql, one => one`select * from public.mark_attendance(${held.sessions[0]!}, ${one.json(people.map(({ id }) => ({ clientId: crypto.randomUUID(), personId: id, method: 'roster' })))})`)
  await asManager(sql, one => one`select * from public.confirm_session(${held.sessions[0]!})`)
})
afterAll(() => sql.end())

const three = (satisfied: string, useful = '3', again = '3') => ({ satisfied, useful, again })
const post = <T = { code: string }>(path: string, body: object, cookie: string) => ask<T>(path, { method: 'POST', body, cookie })

it('who came is asked on the own page, says it, and says it anew', async () => {
  const session = held.sessions[0]!
  const { body: { notices } } = await ask<{ notices: { kind: string, to: string }[] }>('/api/signups', { cookie: resident })
  expect(notices).toContainEqual(expect.objectContaining({ kind: 'feedback_asked', to: `/feedback/${session}` }))
  const { body: { open } } = await ask<{ open: { session: number, said: object | null }[] }>('/api/feedback', { cookie: resident })
  expect(open.find(one => one.session === session)).toMatchObject({ said: null })
  const me = people[0]!.id
  expect(await post(`/api/feedback/${session}`, { person: me, ...three('4') }, resident)).toMatchObject({ status: 422, body: { code: 'choice_missing' } })
  expect(await post(`/api/feedback/${session}`, { person: people[1]!.id, ...three('3') }, resident)).toMatchObject({ status: 403, body: { code: 'person_not_yours' } })
  expect((await post(`/api/feedback/${session}`, { person: me, ...three('3') }, resident)).status).toBe(200)
  expect((await post(`/api/feedback/${session}`, { person: me, ...three('1', '2') }, resident)).status).toBe(200)
  expect((await ask(`/api/feedback/${session}`, { cookie: resident })).body).toMatchObject({ title: held.title, people: [{ isMe: true, said: { satisfied: '1', useful: '2', again: '3' } }] })
  expect((await ask(`/api/feedback/${session}`, { cookie: manager })).status).toBe(404)
})

it('staff take it down for others, see numbers from the fifth on, and never what one person said', async () => {
  const path = `/api/desk/activities/sessions/${held.sessions[0]!}/feedback`
  expect(await post(path, { person: people[0]!.id, ...three('3') }, manager)).toMatchObject({ status: 409, body: { code: 'feedback_own' } })
  const read = async () => (await ask<{ answers: number, shown: number, came: number, questions: Record<string, (number | null)[] | null>, people: { id: number }[] }>(path, { cookie: manager })).body
  expect((await read()).people.map(({ id }) => id).sort()).toEqual(people.map(({ id }) => id).sort())
  for (const { id } of people.slice(1, 4)) expect((await post(path, { person: id, ...three('3') }, manager)).status).toBe(200)
  expect(await read()).toMatchObject({ came: 7, answers: 4, shown: 0, questions: { satisfied: null } })
  expect((await post(path, { person: people[4]!.id, ...three('3') }, manager)).status).toBe(200)
  const five = await read()
  expect(five).toMatchObject({ answers: 5, shown: 5, questions: { again: [5, 0, 0] } })
  // Four and one: both would tell of one.
  expect(five.questions.satisfied!.filter(count => count !== null && count > 0)).toEqual([])
  const list = await ask<{ sessions: { id: number, answers: number }[] }>('/api/desk/activities/feedback?unit=QJ-YX-01', { cookie: manager })
  expect(list.body.sessions).toContainEqual(expect.objectContaining({ id: held.sessions[0], answers: 5 }))
})
