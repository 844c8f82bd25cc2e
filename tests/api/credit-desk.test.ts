// The desk of the credit bank over HTTP: a rule put right by two persons, with a job between, corrections by two of the staff, the reconciliation.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type postgres from 'postgres'
import type { CreditCheck } from '../../shared/types/credits.ts'
import { invariantStates, unnamedBreaches } from '../../shared/utils/credit-invariants.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Rerating { id: number, state: string, isRunning: boolean, isMine: boolean, sums: { learners: number, gaining: number, posted: number }, learners: { personId: number, name: string, gainedMilliCredits: number }[], total: number }
interface Work { corrections: { id: number, isMine: boolean, person: { id: number } }[], mayDecide: boolean }
let sql: postgres.Sql
let city: string
let second: string
let clerk: string
let county: string

beforeAll(async () => {
  sql = portalSql()
  city = await signedIn(sql, { username: 'city' })
  second = await signedIn(sql, { username: 'qingjiang' })
  clerk = await signedIn(sql, { username: 'qingxi' })
  county = await signedIn(sql, { username: 'yunxi' })
})
afterAll(() => sql.end())

const post = (path: string, body: object, cookie: string) => ask(path, { method: 'POST', cookie, body })
const rerating = async (id: number, query = '') => (await ask<Rerating>(`/api/desk/credits/reratings/${id}${query}`, { cookie: city })).body
async function finished(id: number): Promise<Rerating> {
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const one = await rerating(id)
    if (!one.isRunning) return one
    if (Date.now() > giveUpAt) throw new Error(`The re-rating is still ${one.state}`)
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

describe('a rule put right', () => {
  it('names each wrong field', async () => {
    expect(await post('/api/desk/credits/reratings', { kind: 'rate', rule: 'lesson_completed', fromDay: 'soon', untilDay: '2026-03-02', basis: 'minutes', perMinutes: '1.5', reason: '错' }, city))
      .toMatchObject({ status: 422, body: { details: { fields: { fromDay: 'day_invalid', reason: 'reason_too_short' } } } })
    expect(await post('/api/desk/credits/reratings', { kind: 'rate', rule: 'lesson_completed', fromDay: '2026-03-02', untilDay: '2026-03-02', basis: 'minutes', perMinutes: '-3', reason: '费率录错了' }, city))
      .toMatchObject({ status: 422, body: { details: { fields: { perMinutes: 'rate_invalid' } } } })
  })

  it('is counted by a job, listed and searched, confirmed by another person, and posted once', async () => {
    const [learner] = await sql`select posting.person_id, posting.counted_on::text as day, posting.rule_id, person.name from public.credit_postings posting join public.persons person on person.id = posting.person_id
      where posting.rule_id = 'lesson_completed' and posting.kind = 'award' and posting.milli_credits > 0 order by posting.id limit 1`
    const { status, body } = await post('/api/desk/credits/reratings', { kind: 'rate', rule: learner!.rule_id, fromDay: learner!.day, untilDay: learner!.day, basis: 'minutes', perMinutes: '25', reason: '那天应按二十五分钟计' }, city)
    expect(status).toBe(200)
    const id = (body as { id: number }).id
    const counted = await finished(id)
    expect(counted).toMatchObject({ state: 'counted', isMine: true })
    expect(counted.sums.gaining).toBeGreaterThan(0)
    const found = await rerating(id, `?name=${encodeURIComponent(learner!.name)}&only=gaining`)
    expect(found.learners.map(({ personId }) => personId)).toContain(Number(learner!.person_id))
    expect((await rerating(id, '?name=%25')).total).toBe(0)
    const file = await ask<string>(`/api/desk/credits/reratings/${id}/list.csv`, { cookie: city })
    expect(file.body).toContain(learner!.name)

    expect(await post(`/api/desk/credits/reratings/${id}/confirmation`, {}, city)).toMatchObject({ status: 409, body: { code: 'second_person_needed' } })
    for (let time = 0; time < 2; time++) expect((await post(`/api/desk/credits/reratings/${id}/confirmation`, {}, second)).status).toBe(200)
    expect(await finished(id)).toMatchObject({ state: 'posted', sums: { posted: counted.sums.learners } })
    const [line] = await sql`select count(*)::integer from public.credit_rerating_lines where rerating_id = ${id} and person_id = ${learner!.person_id}`
    expect(line!.count).toBeGreaterThan(0)
    expect(await post(`/api/desk/credits/reratings/${id}/withdrawal`, {}, city)).toMatchObject({ status: 409, body: { code: 'rerating_decided' } })
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  })

  it('is the cap of a scope as well, named in the answer', async () => {
    const cap = { kind: 'cap', rule: 'lesson_completed', capPeriod: 'month', fromDay: '2020-03-01', untilDay: '2020-03-31', capAmount: '30', reason: '那个月漏设了上限' }
    expect(await post('/api/desk/credits/reratings', { ...cap, capAmount: '30.5' }, city)).toMatchObject({ status: 422, body: { code: 'cap_not_whole', details: { field: 'capAmount' } } })
    expect(await post('/api/desk/credits/reratings', { ...cap, scope: 'category:no_such_thing' }, city)).toMatchObject({ status: 422, body: { code: 'category_unknown', details: { field: 'scope' } } })
    const { body } = await post('/api/desk/credits/reratings', { ...cap, scope: 'category:health' }, city)
    const { id } = body as { id: number }
    const [category] = await sql`select zh, en from public.categories where id = 'health'`
    expect(await finished(id)).toMatchObject({ capPeriod: 'month', capAmount: 30, perInstitution: false, category })
    expect((await post(`/api/desk/credits/reratings/${id}/withdrawal`, {}, city)).status).toBe(200)
  })
})

describe('a correction', () => {
  it('is asked for by one and decided by another, from the list of what waits', async () => {
    const [learner] = await sql`select person.id from public.persons person join public.units home on home.id = person.residence_unit_id where home.code like 'QJ-YX-01-%' and person.counts_as is null order by person.id desc limit 1`
    const asked = { kind: 'grant', person: learner!.id, credits: '0.5', day: '2026-05-01', ground: 'record_missing', reason: '签到表漏登一次' }
    expect(await post('/api/desk/credits/corrections', { ...asked, credits: '-1' }, clerk)).toMatchObject({ status: 422, body: { details: { fields: { credits: 'amount_invalid' } } } })
    expect((await post('/api/desk/credits/corrections', asked, clerk)).status).toBe(200)
    const work = async (cookie: string) => (await ask<Work>('/api/desk/credits/corrections?unit=QJ-YX-01', { cookie })).body.corrections.find(one => one.person.id === Number(learner!.id))!
    const waiting = await work(clerk)
    expect([waiting.isMine, (await work(county)).isMine]).toEqual([true, false])
    expect(await post('/api/desk/credits/corrections/decisions', { correction: waiting.id, decision: 'approve' }, clerk)).toMatchObject({ status: 409, body: { code: 'second_person_needed' } })
    expect(await post('/api/desk/credits/corrections/decisions', { correction: waiting.id, decision: 'refuse' }, county)).toMatchObject({ status: 422, body: { code: 'refusal_reason_missing' } })
    expect((await post('/api/desk/credits/corrections/decisions', { correction: waiting.id, decision: 'approve' }, county)).status).toBe(200)
    expect(await work(county)).toBeUndefined()
    expect(await sql`select milli_credits::integer from public.credit_postings where key = ${`correction|${waiting.id}`}`).toEqual([{ milli_credits: 500 }])
  })
})

describe('a rule of the region’s own', () => {
  it('is added with names in both languages, read by everybody, and used by one who asks and another who approves', async () => {
    const rule = { zh: '教材编写', en: 'Writing a textbook', ground: 'decision', fromDay: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10), credits: '3', capPeriod: 'year', capCredits: '6' }
    expect(await post('/api/desk/credits/additions', { ...rule, zh: '', credits: '-1', capPeriod: 'decade' }, city))
      .toMatchObject({ status: 422, body: { details: { fields: { zh: 'rule_name_missing', credits: 'rate_invalid', capPeriod: 'period_missing' } } } })
    expect(await post('/api/desk/credits/additions', { ...rule, capCredits: '2' }, city)).toMatchObject({ status: 422, body: { code: 'cap_below_once' } })
    expect(await post('/api/desk/credits/additions', rule, county)).toMatchObject({ status: 403, body: { code: 'unit_not_yours' } })
    const { status, body } = await post('/api/desk/credits/additions', rule, city)
    expect(status).toBe(200)
    const { id } = body as { id: string }
    expect(await post('/api/desk/credits/additions', rule, city)).toMatchObject({ status: 409, body: { code: 'rule_named_already' } })
    expect((await ask<string>('/credits/rules', {})).body).toContain('教材编写')

    const [learner] = await sql`select person.id from public.persons person join public.units home on home.id = person.residence_unit_id where home.code like 'QJ-YX-01-%' and person.counts_as is null order by person.id desc limit 1 offset 1`
    const person = await ask<{ rules: { id: string, milliCredits: number }[] }>(`/api/desk/credits/corrections/${learner!.id}`, { cookie: clerk })
    expect(person.body.rules).toEqual(expect.arrayContaining([expect.objectContaining({ id, milliCredits: 3000 })]))
    const asked = { kind: 'grant', person: learner!.id, rule: id, credits: '', day: rule.fromDay, ground: 'record_missing', reason: '教材已经出版' }
    expect(await post('/api/desk/credits/corrections', { ...asked, credits: '2' }, clerk)).toMatchObject({ status: 422, body: { code: 'amount_is_fixed' } })
    expect((await post('/api/desk/credits/corrections', asked, clerk)).status).toBe(200)
    const [waiting] = await sql`select id from public.credit_corrections where rule_id = ${id}`
    expect((await post('/api/desk/credits/corrections/decisions', { correction: waiting!.id, decision: 'approve' }, county)).status).toBe(200)
    expect(await sql`select milli_credits::integer, rule_id from public.credit_postings where key = ${`correction|${waiting!.id}`}`).toEqual([{ milli_credits: 3000, rule_id: id }])
  })
})

describe('the reconciliation', () => {
  interface Reconciliation { running: CreditCheck | null, latest: CreditCheck | null, checks: CreditCheck[], mayCheck: boolean }
  const look = async (cookie: string) => (await ask<Reconciliation>('/api/desk/credits/reconciliation', { cookie })).body

  it('is asked for by the region alone, shows how far it is, and ends with 0 rows of every invariant and a seal', async () => {
    expect(await post('/api/desk/credits/checks', {}, county)).toMatchObject({ status: 403, body: { code: 'unit_not_yours' } })
    expect(await look(county)).toMatchObject({ mayCheck: false, checks: [] })
    const before = await look(city)
    expect(before.mayCheck).toBe(true)
    expect((await post('/api/desk/credits/checks', {}, city)).status).toBe(200)
    const giveUpAt = Date.now() + 60_000
    let now = before
    for (; now.running || (now.latest?.id ?? 0) <= (before.latest?.id ?? 0); now = await look(city)) {
      if (now.running) expect(now.running.done.length).toBeLessThanOrEqual(now.running.parts)
      if (Date.now() > giveUpAt) throw new Error('The check did not end')
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    const { done, parts, faults, found, endedAt } = now.latest!
    expect({ faults, found, left: parts - done.length }).toEqual({ faults: 0, found: [], left: 0 })
    expect(unnamedBreaches(done)).toEqual([])
    const states = invariantStates(done)
    expect(states.filter(({ number }) => number).map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => `I${index + 1}`))
    for (const { rows, checkedAt } of states) expect([rows, checkedAt! <= endedAt!]).toEqual([0, true])
    // The same job seals what it found whole, after the page says so.
    await vi.waitFor(async () => expect(await sql`select from public.credit_seals where sealed_at >= ${endedAt!}`).toHaveLength(1), 20_000)
  })
})
