import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { ask, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'

interface Rewards {
  balanceMilliCredits: number | null
  items: { id: number, inStock: number, priceMilliCredits: number, unit: { code: string } }[]
  holds: { id: number, itemId: number, status: string, code: string | null }[]
}
let sql: postgres.Sql
let resident: string
let desk: string
let elsewhere: string
let item: Rewards['items'][number]

beforeAll(async () => {
  sql = portalSql()
  resident = await signedIn(sql, { phone: '13900000001' })
  desk = await signedIn(sql, { username: 'yunxi' })
  elsewhere = await signedIn(sql, { username: 'teacher' })
  item = (await rewards()).items.filter(({ unit }) => unit.code === 'QJ-YX-S').toSorted((a, b) => a.priceMilliCredits - b.priceMilliCredits)[0]!
})
afterAll(() => sql.end())

const rewards = async (cookie?: string) => (await ask<Rewards>('/api/credits/rewards', { cookie })).body
const post = (path: string, body: object, cookie?: string) => ask(path, { method: 'POST', cookie, body })
const hold = async () => {
  expect((await post('/api/credits/rewards/holds', { item: item.id }, resident)).status).toBe(200)
  return (await rewards(resident)).holds.find(one => one.itemId === item.id && one.status === 'held')!
}

describe('a reward', () => {
  it('is seen by visitors, without anybody’s balance or codes', async () => {
    expect(await rewards()).toMatchObject({ balanceMilliCredits: null, holds: [] })
    expect(await post('/api/credits/rewards/holds', { item: item.id })).toMatchObject({ status: 401, body: { code: 'sign_in_needed' } })
  })

  it('set aside and given back leaves balance and stock as they were; a second return changes nothing', async () => {
    const before = await rewards(resident)
    const held = await hold()
    expect((await hold()).id).toBe(held.id)
    expect((await rewards(resident)).balanceMilliCredits).toBe(before.balanceMilliCredits! - item.priceMilliCredits)
    for (let time = 0; time < 2; time++) expect((await post('/api/credits/rewards/returns', { hold: held.id }, resident)).status).toBe(200)
    const after = await rewards(resident)
    expect(after.balanceMilliCredits).toBe(before.balanceMilliCredits)
    expect(after.items.find(({ id }) => id === item.id)!.inStock).toBe(item.inStock)
    expect(after.holds.find(({ id }) => id === held.id)).toMatchObject({ status: 'returned', code: null })
  })

  it('is not set aside while the clock of the server stands before the last line of the account, and that is said, to a plain form too', async () => {
    const me = sql`select coalesce(person.counts_as, person.id) from identity.accounts account join public.persons person on person.id = account.person_id where account.phone_lookup = ${lookupOf('13900000001')}`
    const [last] = await sql`select id, posted_at::text as posted_at from public.credit_postings where person_id = (${me}) order by seq desc limit 1`
    // To the microsecond, of which the chain is made.
    const date = (at: string) => sql.begin(async (one) => {
      await one`set local session_replication_role = replica`
      await one`update public.credit_postings set posted_at = ${at}::text::timestamptz where id = ${last!.id}`
    })
    const before = await rewards(resident)
    await date(new Date(Date.now() + 600_000).toISOString())
    try {
      const refused = await post('/api/credits/rewards/holds', { item: item.id }, resident)
      expect(refused).toMatchObject({ status: 503, body: { code: 'clock_went_back', message: expect.stringContaining('时钟') } })
      const plain = await fetch(`${inject('portalUrl')}/api/credits/rewards/holds`, {
        method: 'POST', redirect: 'manual', body: new URLSearchParams({ item: String(item.id) }),
        headers: { 'cookie': resident, 'content-type': 'application/x-www-form-urlencoded', 'accept': 'text/html', 'referer': `${inject('portalUrl')}/credits/rewards`, 'origin': inject('portalUrl') },
      })
      expect(plain.status).toBe(303)
      const flash = /flash=([^;]+)/.exec(plain.headers.get('set-cookie') ?? '')![1]!
      expect(JSON.parse(Buffer.from(flash, 'base64url').toString())).toMatchObject({ code: 'clock_went_back' })
      expect((await rewards(resident)).balanceMilliCredits).toBe(before.balanceMilliCredits)
    }
    finally { await date(last!.posted_at) }
  })

  it('is handed over for its code at its own desk, once', async () => {
    const { code, id } = await hold()
    const collect = (typed: string, cookie: string) => post('/api/desk/credits/rewards/collections', { code: typed }, cookie)
    expect(await collect('12 34', desk)).toMatchObject({ status: 422, body: { details: { fields: { code: 'hold_code_invalid' } } } })
    expect(await collect(code!, elsewhere)).toMatchObject({ status: 404, body: { code: 'hold_unknown' } })
    expect(await collect(code!, resident)).toMatchObject({ status: 403 })
    expect(await collect(`${code!.slice(0, 4)} ${code!.slice(4)}`, desk)).toMatchObject({ status: 200, body: { kind: 'certificate_print', about: expect.stringContaining('证书') } })
    expect(await collect(code!, desk)).toMatchObject({ status: 409, body: { code: 'hold_over' } })
    expect(await post('/api/credits/rewards/returns', { hold: id }, resident)).toMatchObject({ status: 409, body: { code: 'hold_over' } })
  })

  it('that costs more than there is stays on the shelf', async () => {
    const [dear] = await sql`insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits, offered) values (1, 'honour', '贵的', 'Dear', 90000000, true) returning id`
    await sql`select private.move_stock(${dear!.id}, 1, null)`
    expect(await post('/api/credits/rewards/holds', { item: dear!.id }, resident)).toMatchObject({ status: 409, body: { code: 'credits_too_few' } })
  })
})

it('the shelf is changed by who approves there, each wrong field named', async () => {
  const good = { unit: 'QJ-YX-S', item: '', kind: 'venue_hour', zh: '琴房', en: '', about: '一次一小时，先打电话', price: '2.5', holdDays: '3', inStock: '4', offered: 'yes' }
  expect(await post('/api/desk/credits/rewards', { ...good, kind: 'gift', price: '-1', inStock: '1.5' }, desk))
    .toMatchObject({ status: 422, body: { details: { fields: { kind: 'kind_missing', price: 'price_invalid', inStock: 'stock_invalid' } } } })
  expect((await post('/api/desk/credits/rewards', good, desk)).status).toBe(200)
  const made = (await rewards()).items.find(({ priceMilliCredits, unit }) => priceMilliCredits === 2500 && unit.code === 'QJ-YX-S')!
  expect(made).toMatchObject({ inStock: 4, about: '一次一小时，先打电话' })
  // Nobody must write English: its readers see the name that there is.
  expect((await ask<Rewards>('/api/credits/rewards', { cookie: 'lang=en' })).body.items.find(({ id }) => id === made.id)).toMatchObject({ name: '琴房' })
  expect(await post('/api/desk/credits/rewards', { ...good, item: made.id, about: '长'.repeat(201) }, desk)).toMatchObject({ status: 422, body: { details: { fields: { about: 'about_long' } } } })
  const count = (counted: object) => post('/api/desk/credits/rewards/stock', { unit: 'QJ-YX-S', item: made.id, ...counted }, desk)
  expect(await count({ inStock: '9', countedFrom: '3' })).toMatchObject({ status: 409, body: { code: 'stock_moved', details: { field: 'inStock', count: 4 } } })
  expect((await count({ inStock: '9', countedFrom: '4' })).status).toBe(200)
})

describe('where the region keeps points', () => {
  beforeAll(async () => { await sql`insert into public.credit_point_terms (in_force, points_per_credit, months) values ('(,)', 10, 12)` })
  afterAll(async () => { await sql`delete from public.credit_point_terms` })

  it('a reward costs these; they come with credits, are seen with their last day, and return with it', async () => {
    const points = async () => (await ask<{ terms: object, mine: { milliPoints: number, lots: { lastDay: string }[], lines: { kind: string, milliPoints: number }[] } | null }>('/api/credits/points', { cookie: resident })).body
    expect(await post('/api/credits/rewards/holds', { item: item.id }, resident)).toMatchObject({ status: 409, body: { code: 'points_too_few' } })
    await sql`select private.grant_credit(${`api points ${process.pid}`}, person_id, 'staff_correction', ${item.priceMilliCredits}, 0, private.region_id(), 'api', '{}', now())
      from identity.accounts where phone_lookup = ${lookupOf('13900000001')}`
    const price = item.priceMilliCredits * 10
    const credits = (await rewards(resident)).balanceMilliCredits
    expect(await rewards(resident)).toMatchObject({ pointsPerCredit: 10, balanceMilliPoints: price })
    const { id } = await hold()
    expect(await points()).toMatchObject({ mine: { milliPoints: 0, lots: [] } })
    expect((await rewards(resident)).balanceMilliCredits).toBe(credits)
    expect((await post('/api/credits/rewards/returns', { hold: id }, resident)).status).toBe(200)
    const after = await points()
    expect(after).toMatchObject({ terms: { now: { pointsPerCredit: 10, months: 12 } }, mine: { milliPoints: price, lots: [{ milliPoints: price }] } })
    expect(after.mine!.lines.slice(0, 3).map(({ kind, milliPoints }) => [kind, milliPoints])).toEqual([['release', price], ['hold', -price], ['points', price]])
    expect((await ask('/api/credits/points')).body).toMatchObject({ mine: null })
  })
})
