import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Outcome { personId: number, name: string | null, outcome: string, reason: string | null, isNew: boolean, minutes: number, milliCredits: number }
interface Register { entries: { record: number, personId: number, attended: boolean, correction: string | null, correctedBy: string | null }[] }
let sql: postgres.Sql
let desk: string
let elsewhere: string
let people: number[]

beforeAll(async () => {
  sql = portalSql()
  desk = await signedIn(sql, { username: 'qingxi' })
  elsewhere = await signedIn(sql, { username: 'manager.yx.02' })
  people = (await sql`select person.id::integer as id from persons person join units home on home.id = person.residence_unit_id
    join units township on township.id = home.parent_id where township.code = 'QJ-YX-01' and person.merged_into is null order by person.id desc limit 5`).map(({ id }) => id as number)
})
afterAll(() => sql.end())

const entry = (over: object = {}) => ({ unit: 'QJ-YX-01-S', title: '剪纸入门', category: 'traditional_culture', date: '2026-10-10', start: '14:00', minutes: '90', venue: '手工室', people: people.join(','), ...over })
const post = <T = { register: number, outcomes: Outcome[] }>(path: string, body: object, cookie = desk) => ask<T>(`/api/desk/credits/classes${path}`, { method: 'POST', body, cookie })

describe('a class', () => {
  it('is looked at, entered once, shown, and used again', async () => {
    const seen = await post('/look', entry())
    expect(seen.status).toBe(200)
    const entered = await post('', entry())
    expect(entered.body.outcomes).toEqual(seen.body.outcomes)
    expect(entered.body.outcomes.every(({ outcome, isNew, minutes }) => outcome === 'posted' && isNew && minutes === 90)).toBe(true)
    const again = await post('', entry())
    expect(again.body.register).toBe(entered.body.register)
    expect(again.body.outcomes.some(({ isNew }) => isNew)).toBe(false)
    expect((await ask<Register>(`/api/desk/credits/classes/${again.body.register}`, { cookie: desk })).body.entries).toHaveLength(5)
    const form = await ask<{ earlier: { title: string, people: { id: number }[] } }>(`/api/desk/credits/classes/form?like=${again.body.register}`, { cookie: desk })
    expect(form.body.earlier.people.map(({ id }) => id).sort()).toEqual([...people].sort())
    expect((await ask(`/api/desk/credits/classes/${again.body.register}`, { cookie: elsewhere })).status).toBe(404)
    expect((await ask(`/api/desk/credits/classes/form?like=${again.body.register}`, { cookie: elsewhere })).status).toBe(404)
  })

  it('with other minutes, or each wrong field, is refused in words', async () => {
    expect(await post('', entry({ minutes: '60' }))).toMatchObject({ status: 409, body: { code: 'class_on_that_day', details: { field: 'another', start: '14:00', minutes: 90 } } })
    expect(await post('', entry({ title: ' ', category: 'Nonsense', date: '2026-13-40', start: '25:00', minutes: '0', people: '', venue: '远'.repeat(61) }))).toMatchObject({
      status: 422, body: { details: { fields: { title: 'class_title_missing', category: 'category_unknown', date: 'date_missing', start: 'time_missing', minutes: 'minutes_invalid', people: 'people_invalid', venue: 'venue_too_long' } } },
    })
    expect(await post('', entry({ category: 'nonsense' }))).toMatchObject({ status: 422, body: { code: 'category_unknown' } })
    expect(await post('', entry({ date: '2099-01-01' }))).toMatchObject({ status: 422, body: { code: 'start_invalid' } })
    expect(await post('', entry(), elsewhere)).toMatchObject({ status: 403, body: { code: 'unit_not_yours' } })
  })

  it('names people only to whose they are, and finds them as the register does', async () => {
    const { body } = await post<{ found: { name: string }[], chosen: { id: number }[] }>('/people', { find: '王', people: people.join(',') })
    expect(body.found.length).toBeGreaterThan(0)
    expect(body.chosen.map(({ id }) => id)).toEqual(people)
    expect((await post<{ chosen: object[] }>('/people', { find: '', people: people.join(',') }, elsewhere)).body.chosen).toEqual([])
    expect((await post<{ outcomes: Outcome[] }>('/look', entry({ unit: 'QJ-YX-02-S', date: '2026-10-11' }), elsewhere)).body.outcomes[0]).toMatchObject({ name: null, reason: 'person_unknown' })
  })

  it('lets somebody wrongly ticked be taken back, once, by whom and why', async () => {
    const { body: { register } } = await post('', entry({ title: '剪纸提高', date: '2026-10-12' }))
    const shown = async () => (await ask<Register>(`/api/desk/credits/classes/${register}`, { cookie: desk })).body.entries
    const { record, personId } = (await shown())[0]!
    expect(await post(`/${register}/corrections`, { record, reason: ' ' })).toMatchObject({ status: 422, body: { code: 'correction_reason_missing' } })
    expect(await post(`/${register}/corrections`, { record, reason: '签到表看错' }, elsewhere)).toMatchObject({ status: 404 })
    expect((await post(`/${register}/corrections`, { record, reason: '签到表看错' })).status).toBe(200)
    expect(await post(`/${register}/corrections`, { record, reason: '签到表看错' })).toMatchObject({ status: 409, body: { code: 'already_corrected' } })
    const taken = (await shown()).find(one => one.personId === personId)!
    expect(taken).toMatchObject({ attended: false, correction: '签到表看错' })
    expect(taken.correctedBy).toBeTruthy()
  })
})
