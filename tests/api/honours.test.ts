// Levels, the board and awards over HTTP: what a scheme and an award refuse and at which field, who may be named, and who decides.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { type Learner, takeLearner } from '../fixtures/learners.ts'
import { type Answer, ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Mine { mine: { rank: number | null, milliCredits: number, isNamed: boolean, mayBeNamed: boolean, next: { missing: number } | null } | null, levels: { rank: number, milliCredits: number, name: string }[] }
interface Awards { balanceMilliCredits: number, awards: { id: number, name: string, application: { id: number, state: string, decision: string | null } | null }[] }
interface Work { applications: { id: number, state: string, isMine: boolean, person: { id: number } }[], awards: { id: number, zh: string, state: string }[], mayApprove: boolean }

let sql: postgres.Sql
let city: string
let teacher: string
let county: string
let today: string
let tomorrow: string

beforeAll(async () => {
  sql = portalSql()
  ;[city, teacher, county] = await Promise.all(['city', 'teacher', 'yunxi'].map(username => signedIn(sql, { username }))) as [string, string, string]
  const [days] = await sql`select private.china_date(now())::text as today, (private.china_date(now()) + 1)::text as tomorrow`
  today = days!.today as string
  tomorrow = days!.tomorrow as string
})
afterAll(() => sql.end())

const post = <T = Record<string, unknown>>(path: string, body: object, cookie?: string) => ask<T>(path, { method: 'POST', cookie, body })
const fieldsOf = (answer: Answer) => ({ status: answer.status, fields: (answer.body.details as { fields?: object } | undefined)?.fields })
let given = 0
/** A learner who has been given credits, signed in. */
async function learnerWith(credits: number): Promise<{ learner: Learner, cookie: string }> {
  const learner = await takeLearner(sql)
  if (credits) await sql`select private.grant_credit(${`honours test ${++given} ${learner.personId}`}, ${learner.personId}, 'staff_correction', ${credits * 1000}, 0, private.region_id(), 'test', '{}', now())`
  return { learner, cookie: await signedIn(sql, learner) }
}
const honours = async (cookie?: string) => (await ask<Mine>('/api/credits/honours', { cookie })).body
const named = async ({ learner }: { learner: Learner }) => {
  for (let page = 1, pages = 1; page <= pages; page++) {
    const { body } = await ask<{ pages: number, people: { name: string, home: string }[] }>(`/api/credits/honours/board?unit=${learner.village}&page=${page}`)
    if (body.people.some(({ name }) => name === learner.name)) return true
    pages = body.pages
  }
  return false
}

describe('a scheme of levels', () => {
  const scheme = (body: object) => post('/api/desk/credits/honours/schemes', { fromDay: tomorrow, ...body }, city)
  const LEVEL = { 'zh.1': '启航', 'en.1': 'Start', 'credits.1': '10' }

  it.each([
    ['day_invalid', 'fromDay', { ...LEVEL, fromDay: 'soon' }],
    ['name_missing', 'zh.1', { ...LEVEL, 'zh.1': '' }],
    ['name_missing', 'en.2', { ...LEVEL, 'zh.2': '勤学', 'en.2': 'n'.repeat(61), 'credits.2': '20' }],
    ['level_invalid', 'credits.1', { ...LEVEL, 'credits.1': '-1' }],
    ['level_invalid', 'credits.1', { ...LEVEL, 'credits.1': '1.2345' }],
    ['minimum_invalid', 'subjectCredits.1.1', { ...LEVEL, 'subject.1.1': 'digital' }],
    ['minimum_invalid', 'subject.1.2', { ...LEVEL, 'subjectCredits.1.2': '3' }],
  ])('is refused with %s at %s', async (code, field, body) => {
    expect(fieldsOf(await scheme(body))).toEqual({ status: 422, fields: { [field]: code } })
  })

  it.each([
    ['levels_missing', 'levels', {}],
    ['levels_not_rising', 'credits.2', { ...LEVEL, 'zh.2': '勤学', 'en.2': 'Keen', 'credits.2': '10' }],
    ['minimum_invalid', 'credits.1', { ...LEVEL, 'subject.1.1': 'no_such', 'subjectCredits.1.1': '5' }],
    ['from_day_past', 'fromDay', { ...LEVEL, fromDay: '2026-01-01' }],
  ])('is refused by the database with %s at %s', async (code, field, body) => {
    expect(await scheme(body)).toMatchObject({ status: 422, body: { code, details: { field } } })
  })

  it('comes into force on its day, is the only one to come, and can be taken back until then', async () => {
    const added = await scheme(LEVEL)
    expect(added.status).toBe(200)
    expect(await scheme(LEVEL)).toMatchObject({ status: 409, body: { code: 'scheme_follows' } })
    const { id } = added.body as { id: number }
    expect(await post('/api/desk/credits/honours/withdrawals', { scheme: id }, county)).toMatchObject({ status: 403 })
    expect((await post('/api/desk/credits/honours/withdrawals', { scheme: id }, city)).status).toBe(200)
    expect(await post('/api/desk/credits/honours/withdrawals', { scheme: id }, city)).toMatchObject({ status: 404, body: { code: 'scheme_unknown' } })
    const [{ id: standing }] = await sql`select id from public.honour_schemes where in_force @> private.china_date(now())` as unknown as [{ id: number }]
    expect(await post('/api/desk/credits/honours/withdrawals', { scheme: standing }, city)).toMatchObject({ status: 409, body: { code: 'scheme_in_force' } })
  })
})

describe('a level', () => {
  it('is reached by credits, and the board names who holds it from consent to withdrawal', async () => {
    const { levels } = await honours()
    const one = await learnerWith(levels[0]!.milliCredits / 1000)
    expect((await honours(one.cookie)).mine).toMatchObject({ rank: 1, milliCredits: levels[0]!.milliCredits, isNamed: false, mayBeNamed: true })
    expect(await named(one)).toBe(false)
    const choose = (choice: string) => post('/api/credits/honours/consent', { choice }, one.cookie)
    expect(fieldsOf(await choose('perhaps'))).toEqual({ status: 422, fields: { choice: 'choice_missing' } })
    expect(await choose('yes')).toMatchObject({ status: 200, body: { isNamed: true } })
    expect([await named(one), (await honours(one.cookie)).mine!.isNamed]).toEqual([true, true])
    expect(await choose('no')).toMatchObject({ status: 200, body: { isNamed: false } })
    expect([await named(one), (await honours(one.cookie)).mine!.isNamed]).toEqual([false, false])
  })

  it('is told to visitors as what it asks for, and consent is nobody’s without signing in', async () => {
    expect((await honours()).mine).toBeNull()
    expect(await post('/api/credits/honours/consent', { choice: 'yes' })).toMatchObject({ status: 401, body: { code: 'sign_in_needed' } })
    expect(await ask('/api/credits/honours/board?unit=NOWHERE')).toMatchObject({ status: 404, body: { code: 'unit_unknown' } })
  })

  it('names nobody who is not surely grown up, though they agree', async () => {
    const one = await learnerWith(100)
    await sql`update public.persons set birth_year = private.china_year(now()) - 16 where id = ${one.learner.personId}`
    expect((await honours(one.cookie)).mine).toMatchObject({ mayBeNamed: false, rank: expect.any(Number) })
    expect(await post('/api/credits/honours/consent', { choice: 'yes' }, one.cookie)).toMatchObject({ status: 409, body: { code: 'not_grown_up' } })
    expect(await named(one)).toBe(false)
  })
})

describe('an award', () => {
  const AWARD = { unit: 'QJ-YX-01', zh: '接口测试之星', en: 'Star of the tests', credits: '2' }
  const add = (body: object = {}, cookie = county) => post('/api/desk/credits/awards', { ...AWARD, fromDay: today, ...body }, cookie)
  const mine = async (cookie: string) => (await ask<Awards>('/api/credits/awards', { cookie })).body
  const work = async (state = 'asked', cookie = county) => (await ask<Work>(`/api/desk/credits/awards?unit=QJ-YX-01&state=${state}`, { cookie })).body
  let award: number

  it.each([
    ['name_missing', 'zh', { zh: ' ' }], ['name_missing', 'en', { en: 'n'.repeat(121) }], ['amount_invalid', 'credits', { credits: '0' }], ['amount_invalid', 'credits', { credits: 'two' }],
    ['day_invalid', 'fromDay', { fromDay: '2026-02-30' }], ['minimum_invalid', 'subjectCredits.1', { 'subject.1': 'digital' }],
  ])('is refused with %s at %s', async (code, field, body) => {
    expect(fieldsOf(await add(body))).toEqual({ status: 422, fields: { [field]: code } })
  })

  it('is refused for a day that is over, for more of a subject than it asks in all, and at a unit of others', async () => {
    expect(await add({ fromDay: '2026-01-01' })).toMatchObject({ status: 422, body: { code: 'from_day_past', details: { field: 'fromDay' } } })
    expect(await add({ 'subject.1': 'digital', 'subjectCredits.1': '3' })).toMatchObject({ status: 422, body: { code: 'minimum_invalid' } })
    expect((await add({ unit: 'QJ-LJ' })).status).toBe(403)
    const added = await add()
    expect(added.status).toBe(200)
    award = (added.body as { id: number }).id
  })

  it('is not to be had with too few credits, of elsewhere, or when there is none', async () => {
    const { learner, cookie } = await learnerWith(1)
    const apply = (id: unknown) => post('/api/credits/awards/applications', { award: id }, cookie)
    expect(await apply(award)).toMatchObject({ status: 409, body: { code: 'credits_too_few' } })
    expect(await apply(999_999)).toMatchObject({ status: 404, body: { code: 'award_unknown' } })
    expect(fieldsOf(await apply('x'))).toEqual({ status: 422, fields: { award: 'award_unknown' } })
    await sql`update public.persons set residence_unit_id = (select id from public.units where code like 'QJ-LJ-01-%' and level = 'village' order by code limit 1) where id = ${learner.personId}`
    expect(await apply(award)).toMatchObject({ status: 409, body: { code: 'award_elsewhere' } })
  })

  it('takes credits once, gives them back when withdrawn or refused, and tells the reason', async () => {
    const { learner, cookie } = await learnerWith(3)
    const apply = () => post<{ application: number }>('/api/credits/awards/applications', { award }, cookie)
    const first = await apply()
    expect([first.status, (await apply()).body.application]).toEqual([200, first.body.application])
    expect(await mine(cookie)).toMatchObject({ balanceMilliCredits: 1000 })
    const other = await learnerWith(0)
    expect(await post('/api/credits/awards/withdrawals', { application: first.body.application }, other.cookie)).toMatchObject({ status: 404, body: { code: 'application_unknown' } })
    expect((await post('/api/credits/awards/withdrawals', { application: first.body.application }, cookie)).status).toBe(200)
    expect(await mine(cookie)).toMatchObject({ balanceMilliCredits: 3000 })

    const second = await apply()
    const decide = (decision: string, reason = '') => post('/api/desk/credits/awards/decisions', { application: second.body.application, decision, reason }, county)
    expect(await decide('refuse')).toMatchObject({ status: 422, body: { code: 'refusal_reason_missing', details: { field: 'reason' } } })
    expect(fieldsOf(await decide('perhaps'))).toEqual({ status: 422, fields: { decision: 'decision_missing' } })
    expect((await decide('refuse', '材料和登记的不一致')).status).toBe(200)
    expect(await decide('approve')).toMatchObject({ status: 409, body: { code: 'application_decided' } })
    const told = await mine(cookie)
    expect(told).toMatchObject({ balanceMilliCredits: 3000 })
    expect(told.awards.find(({ id }) => id === award)!.application).toMatchObject({ state: 'refused', decision: '材料和登记的不一致' })
    expect((await work('refused')).applications.map(({ person }) => person.id)).toContain(learner.personId)
  })

  it('applied for at the desk is approved by a second person, and taken back only with a reason', async () => {
    const { learner, cookie } = await learnerWith(3)
    const atDesk = (person: number | string) => post<{ application: number }>('/api/desk/credits/awards/applications', { award, person, unit: 'QJ-YX-01' }, county)
    expect(fieldsOf(await atDesk('x') as Answer)).toEqual({ status: 422, fields: { person: 'person_unknown' } })
    expect(await atDesk(999_999)).toMatchObject({ status: 404, body: { code: 'person_unknown', details: { field: 'person' } } })
    const { body: { application } } = await atDesk(learner.personId)
    const decide = (who: string, decision: string, reason = '') => post('/api/desk/credits/awards/decisions', { application, decision, reason }, who)
    expect(await decide(county, 'approve')).toMatchObject({ status: 409, body: { code: 'second_person_needed' } })
    expect((await work('asked', county)).applications.find(({ id }) => id === application)).toMatchObject({ isMine: true })
    expect((await decide(city, 'approve')).status).toBe(200)
    expect((await mine(cookie)).awards.find(({ id }) => id === award)!.application!.state).toBe('approved')
    expect(await decide(city, 'take_back')).toMatchObject({ status: 422, body: { code: 'refusal_reason_missing' } })
    expect((await decide(city, 'take_back', '记录更正后不够条件')).status).toBe(200)
    expect(await mine(cookie)).toMatchObject({ balanceMilliCredits: 3000 })
  })

  it('ends after today and is not taken from whoever applied; nothing of it breaks the ledger', async () => {
    expect(await post('/api/desk/credits/awards/ends', { award, unit: 'QJ-YX-01' }, teacher)).toMatchObject({ status: 403 })
    expect((await post('/api/desk/credits/awards/ends', { award, unit: 'QJ-YX-01' }, county)).status).toBe(200)
    expect((await work('asked')).awards.find(({ id }) => id === award)).toMatchObject({ zh: AWARD.zh, state: 'in_force' })
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  })
})
