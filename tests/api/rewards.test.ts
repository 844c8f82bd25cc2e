import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

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

  it('is handed over for its code at its own desk, once', async () => {
    const { code, id } = await hold()
    const collect = (typed: string, cookie: string) => post('/api/desk/credits/rewards/collections', { code: typed }, cookie)
    expect(await collect('12 34', desk)).toMatchObject({ status: 422, body: { details: { fields: { code: 'hold_code_invalid' } } } })
    expect(await collect(code!, elsewhere)).toMatchObject({ status: 404, body: { code: 'hold_unknown' } })
    expect(await collect(code!, resident)).toMatchObject({ status: 403 })
    expect((await collect(`${code!.slice(0, 4)} ${code!.slice(4)}`, desk)).status).toBe(200)
    expect(await collect(code!, desk)).toMatchObject({ status: 409, body: { code: 'hold_over' } })
    expect(await post('/api/credits/rewards/returns', { hold: id }, resident)).toMatchObject({ status: 409, body: { code: 'hold_over' } })
  })

  it('that costs more than there is stays on the shelf', async () => {
    const dear = (await rewards()).items.toSorted((a, b) => b.priceMilliCredits - a.priceMilliCredits)[0]!
    expect(await post('/api/credits/rewards/holds', { item: dear.id }, resident)).toMatchObject({ status: 409, body: { code: 'credits_too_few' } })
  })
})

it('the shelf is changed by who approves there, each wrong field named', async () => {
  const good = { unit: 'QJ-YX-S', item: '', kind: 'venue_hour', zh: '琴房', en: 'Music room', price: '2.5', holdDays: '3', inStock: '4', offered: 'yes' }
  expect(await post('/api/desk/credits/rewards', { ...good, kind: 'gift', price: '-1', inStock: '1.5' }, desk))
    .toMatchObject({ status: 422, body: { details: { fields: { kind: 'kind_missing', price: 'price_invalid', inStock: 'stock_invalid' } } } })
  expect((await post('/api/desk/credits/rewards', good, desk)).status).toBe(200)
  expect((await rewards()).items.find(({ priceMilliCredits, unit }) => priceMilliCredits === 2500 && unit.code === 'QJ-YX-S')).toMatchObject({ inStock: 4 })
})
