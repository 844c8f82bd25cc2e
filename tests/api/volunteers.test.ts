// Volunteers through the site: what is typed wrong, whoever is not let, and two who press at once.
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
let manager: string
let unit: number
beforeAll(async () => {
  sql = portalSql()
  manager = await signedIn(sql, { username: 'qingxi' })
  unit = (await sql`select id::integer from public.units where code = 'QJ-YX-01-S'`)[0]!.id
})
afterAll(() => sql.end())

const post = <T = { code: string, messages?: Record<string, string> }>(path: string, cookie: string, body: object) => ask<T>(path, { method: 'POST', cookie, body })
const desk = <T = { code: string, messages?: Record<string, string> }>(path: string, body: object) => post<T>(`/api/desk/volunteers${path}`, manager, body)

/** A volunteer whom the school has admitted. */
async function volunteer(): Promise<{ cookie: string, personId: number, id: number }> {
  const { personId, phone } = await takeLearner(sql)
  const cookie = await signedIn(sql, { phone })
  expect((await post('/api/volunteers/registrations', cookie, { place: String(unit), source: 'resident' })).status).toBe(200)
  const [{ id }] = await sql`select id::integer from public.volunteers where person_id = ${personId}` as unknown as [{ id: number }]
  expect((await desk(`/${id}/decision`, { choice: 'admit' })).status).toBe(200)
  return { cookie, personId, id }
}
/** A published call with a shift the day after tomorrow. */
async function callFor(title: string, capacity: number): Promise<number> {
  const { body: { opportunity } } = await desk<{ opportunity: number }>('/service', { unit: 'QJ-YX-01-S', title, role: '助教', venue: '电脑室', category: 'digital' })
  const day = new Date(Date.now() + 2 * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
  const { body: { shift } } = await desk<{ shift: number }>(`/service/${opportunity}/shifts`, { startsAt: `${day}T09:00`, endsAt: `${day}T11:00`, capacity: String(capacity) })
  expect((await desk(`/service/${opportunity}/publication`, {})).status).toBe(200)
  return shift
}

describe('a registration', () => {
  it('says beside each field what is missing', async () => {
    const { phone } = await takeLearner(sql)
    const { status, body } = await post('/api/volunteers/registrations', await signedIn(sql, { phone }), { place: '', source: 'nobody' })
    expect([status, Object.keys(body.messages ?? {}).sort()]).toEqual([422, ['place', 'source']])
    expect(Object.values(body.messages!).every(said => /[\u4e00-\u9fff]/.test(said))).toBe(true)
  })

  it('twice is one, and who was not admitted yet has no place', async () => {
    const { personId, phone } = await takeLearner(sql)
    const cookie = await signedIn(sql, { phone })
    const shift = await callFor(`只收已同意的 ${personId}`, 2)
    const answers = await Promise.all(Array.from({ length: 4 }, () => post('/api/volunteers/registrations', cookie, { place: String(unit), source: 'student' })))
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    expect((await sql`select count(*)::integer as rows from public.volunteers where person_id = ${personId}`)[0]!.rows).toBe(1)
    expect(await post('/api/service/places', cookie, { shift })).toMatchObject({ status: 409, body: { code: 'volunteer_waiting' } })
  })
})

it('the answer to a registration is told in words, and leads to where shifts are', async () => {
  const { cookie } = await volunteer()
  const told = async (lang: string) => (await ask<{ notices: { kind: string, text: string, to: string }[] }>('/api/signups', { cookie: `${cookie}; lang=${lang}` })).body.notices[0]!
  expect(await told('zh-CN')).toMatchObject({ kind: 'volunteer_accepted', to: '/volunteers', text: expect.stringMatching(/同意了您的志愿者登记/) })
  expect((await told('en')).text).toMatch(/accepted you as a volunteer/)
})

describe('a place', () => {
  it('that is the last goes to one of those who press at once; asked again it is the same', async () => {
    const shift = await callFor('最后一个位置', 1)
    const people = [await volunteer(), await volunteer(), await volunteer()]
    const answers = await Promise.all(people.flatMap(({ cookie }) => [post('/api/service/places', cookie, { shift }), post('/api/service/places', cookie, { shift })]))
    expect(answers.filter(({ status, body }) => status !== 200 && (body as { code: string }).code !== 'shift_full')).toEqual([])
    const places = await sql`select person_id::integer as person from public.service_places where shift_id = ${shift} and status = 'taken'`
    expect(places).toHaveLength(1)
    const winner = people.findIndex(({ personId }) => personId === places[0]!.person)
    expect(answers.map(({ status }) => status)).toEqual(people.flatMap((_, at) => at === winner ? [200, 200] : [409, 409]))
  })

  it('is checked in to and given back by nobody else', async () => {
    const shift = await callFor('别人的位置', 2)
    const [one, other] = [await volunteer(), await volunteer()]
    const { body: { place } } = await post<{ place: number }>('/api/service/places', one.cookie, { shift })
    expect((await post('/api/service/checks', other.cookie, { place, what: 'in', code: '123456' })).status).toBe(404)
    expect((await post('/api/service/cancellations', other.cookie, { place })).status).toBe(404)
    expect((await sql`select count(*)::integer as rows from public.service_places where id = ${place} and status = 'taken'`)[0]!.rows).toBe(1)
  })
})

it('a shift of nonsense is refused at its field, and nothing is written', async () => {
  const { body: { opportunity } } = await desk<{ opportunity: number }>('/service', { unit: 'QJ-YX-01-S', title: '时间写错', role: '助教', venue: '电脑室', category: 'digital' })
  for (const [wrong, field] of [[{ startsAt: '2026-13-40T09:00', endsAt: '2099-01-01T10:00', capacity: '2' }, 'startsAt'], [{ startsAt: '2099-01-01T09:00', endsAt: '2099-01-01T10:00', capacity: '0' }, 'capacity']] as const) {
    const { status, body } = await desk(`/service/${opportunity}/shifts`, wrong)
    expect([status, Object.keys(body.messages ?? {})]).toEqual([422, [field]])
  }
  expect((await desk(`/service/${opportunity}/shifts`, { startsAt: '2099-01-01T11:00', endsAt: '2099-01-01T10:00', capacity: '2' })).status).toBe(422)
  expect((await sql`select count(*)::integer as rows from public.service_shifts where opportunity_id = ${opportunity}`)[0]!.rows).toBe(0)
})
