// Rewards: set aside, collected, given back, timed out; the last one goes to one; nothing is lost on the way.
import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { type ChainedPosting, firstBrokenLink } from '../../shared/utils/credit-chain.ts'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface Shop { sql: Transaction, as: As, mei: Person, places: Network, head: string, item: number }

let keys = 0
const give = (sql: Sql, personId: number, unit: number, milli: number) =>
  sql`select private.grant_credit(${`reward-test|${process.pid}|${++keys}`}, ${personId}, 'staff_correction', ${milli}, 0, ${unit}, 'test', '{}', now())`
const save = (sql: Sql, unit: number, { item = null, price = 2000, kind = 'reading_pass', days = 7, offered = true }: { item?: number | null, price?: number, kind?: string, days?: number, offered?: boolean } = {}) =>
  sql<{ id: number }[]>`select public.save_reward(${item}, ${unit}, ${kind}, '阅览证', 'Reading pass', ${price}, ${days}, ${offered}) as id`
const stock = async (sql: Sql, item: number, count: number, from?: number) =>
  sql`select public.set_reward_stock(${item}, ${count}, ${from ?? await left(sql, item)})`
const balance = async (sql: Sql, personId: number) => Number((await sql`select private.available_credits(${personId}) as balance`)[0]!.balance)
const left = async (sql: Sql, item: number) => (await sql`select in_stock from public.credit_items where id = ${item}`)[0]!.in_stock as number
const hold = async ({ as, item }: Pick<Shop, 'as' | 'item'>, who: string) => (await as(who, sql => sql`select public.hold_reward(${item}) as id`))[0]!.id as number
const codeOf = async (sql: Sql, id: number) => (await sql`select code from public.credit_holds where id = ${id}`)[0]!.code as string
const collect = ({ as }: Pick<Shop, 'as'>, who: string, code: string) => as(who, sql => sql`select public.collect_reward(${code}) as item`)

const inShop = (test: (shop: Shop) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const head = (await makeStaff(sql, places.city, places.willow, 'head')).account
  const mei = await makePerson(sql, places.willow)
  await give(sql, mei.id, places.city, 5000)
  const item = await as(head, async (one) => {
    const [{ id }] = await save(one, places.township) as unknown as [{ id: number }]
    await stock(one, id, 3)
    return id
  })
  await test({ sql, as, mei, places, head, item })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

describe('a hold', () => {
  it('sets credits aside and takes one from the shelf; the same hold twice is one', () => inShop(async (shop) => {
    const first = await hold(shop, shop.mei.account)
    expect(await hold(shop, shop.mei.account)).toBe(first)
    expect([await balance(shop.sql, shop.mei.id), await left(shop.sql, shop.item)]).toEqual([3000, 2])
  }))

  it('is refused with too few credits, of nothing left, and of what is not offered; nothing is posted', () => inShop(async (shop) => {
    const { sql, as, head, item, places } = shop
    const poor = await makePerson(sql, places.willow)
    await expect(hold(shop, poor.account)).rejects.toMatchObject({ code: 'PT409', message: 'credits_too_few' })
    await as(head, one => stock(one, item, 0))
    await expect(hold(shop, shop.mei.account)).rejects.toMatchObject({ code: 'PT409', message: 'none_left' })
    await as(head, one => save(one, places.township, { item, offered: false }))
    await expect(hold(shop, shop.mei.account)).rejects.toMatchObject({ code: 'PT404', message: 'reward_unknown' })
    await expect(hold(shop, 'anon')).rejects.toMatchObject({ code: '42501' })
    expect([await balance(sql, shop.mei.id), await balance(sql, poor.id)]).toEqual([5000, 0])
  }))

  it('given back, once, restores credits and stock; then it can be held anew', () => inShop(async (shop) => {
    const first = await hold(shop, shop.mei.account)
    for (let time = 0; time < 2; time++) await shop.as(shop.mei.account, sql => sql`select public.return_reward(${first})`)
    expect([await balance(shop.sql, shop.mei.id), await left(shop.sql, shop.item)]).toEqual([5000, 3])
    expect(await hold(shop, shop.mei.account)).not.toBe(first)
  }))

  it('is given back only by its owner, and not after it was collected', () => inShop(async (shop) => {
    const first = await hold(shop, shop.mei.account)
    const other = await makePerson(shop.sql, shop.places.willow)
    const giveBack = (who: string) => shop.as(who, sql => sql`select public.return_reward(${first})`)
    await expect(giveBack(other.account)).rejects.toMatchObject({ code: 'PT404', message: 'hold_unknown' })
    expect(await shop.as(other.account, sql => sql`select code from public.credit_holds`)).toEqual([])
    await collect(shop, shop.head, await codeOf(shop.sql, first))
    await expect(giveBack(shop.mei.account)).rejects.toMatchObject({ code: 'PT409', message: 'hold_over' })
  }))

  it('is collected once by its code, by the desk that keeps it and no other', () => inShop(async (shop) => {
    const code = await codeOf(shop.sql, await hold(shop, shop.mei.account))
    const clerk = (await makeStaff(shop.sql, shop.places.township, shop.places.willow, 'teacher')).account
    await expect(collect(shop, shop.mei.account, code)).rejects.toMatchObject({ code: 'PT404' })
    const stranger = (await makeStaff(shop.sql, shop.places.otherTownship, shop.places.willow, 'head')).account
    await expect(collect(shop, stranger, code)).rejects.toMatchObject({ code: 'PT404', message: 'hold_unknown' })
    expect((await collect(shop, clerk, code))[0]!.item).toMatchObject({ kind: 'reading_pass' })
    await expect(collect(shop, clerk, code)).rejects.toMatchObject({ code: 'PT409', message: 'hold_over' })
    expect([await balance(shop.sql, shop.mei.id), await left(shop.sql, shop.item)]).toEqual([3000, 2])
  }))

  it('that was not collected in time goes back by itself', () => inShop(async (shop) => {
    const first = await hold(shop, shop.mei.account)
    const timeOut = async () => {
      await shop.sql`set local role job_server`
      const [run] = await shop.sql`select private.time_out_holds() as ended`
      await shop.sql`reset role`
      return run!.ended
    }
    expect(await timeOut()).toBe(0)
    await shop.sql`update public.credit_holds set until = now() where id = ${first}`
    expect([await timeOut(), await timeOut()]).toEqual([1, 0])
    expect(await shop.as(shop.mei.account, one => one`select kind, title from public.my_notices()`)).toEqual([{ kind: 'hold_timed_out', title: '阅览证' }])
    expect([await balance(shop.sql, shop.mei.id), await left(shop.sql, shop.item)]).toEqual([5000, 3])
  }))

  it('given back by a person that owes repays that first', () => inShop(async (shop) => {
    const { sql, mei } = shop
    const first = await hold(shop, mei.account)
    const [given] = await sql`select id from public.credit_postings where person_id = ${mei.id} and kind = 'grant'`
    await sql`select private.reverse_credit(${given!.id}, 'decision_withdrawn')`
    await shop.as(mei.account, one => one`select public.return_reward(${first})`)
    expect([await balance(sql, mei.id), Number((await sql`select private.credit_debt(${mei.id}) as debt`)[0]!.debt)]).toEqual([0, 0])
  }))

  it('of a person that is merged into another comes back to the one that is kept', () => inShop(async (shop) => {
    const { sql, mei, places } = shop
    const first = await hold(shop, mei.account)
    const kept = await makePerson(sql, places.willow)
    await sql`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${mei.id}`
    await shop.as(mei.account, one => one`select public.return_reward(${first})`)
    expect([await balance(sql, mei.id), await balance(sql, kept.id)]).toEqual([0, 5000])
  }))

  it('and its end are links of the chain that the learner recomputes', () => inShop(async (shop) => {
    const { as, mei } = shop
    await as(mei.account, sql => sql`select public.return_reward(public.hold_reward(${shop.item}))`)
    await collect(shop, shop.head, await codeOf(shop.sql, await hold(shop, mei.account)))
    const chain = await as(mei.account, sql => sql<ChainedPosting[]>`select seq, request, outcome, minutes, milli_credits as "milliCredits",
      balance_after_milli_credits as "balanceAfterMilliCredits", link from public.my_credit_chain()`)
    expect(chain).toHaveLength(5)
    expect(await firstBrokenLink(chain, sha256)).toBeNull()
  }))
})

describe('the catalogue', () => {
  it('counted from a number that has changed meanwhile is refused with the number that it is now; the same count changes nothing', () => inShop(async (shop) => {
    const { sql, as, head, item, mei } = shop
    await hold(shop, mei.account)
    await expect(as(head, one => stock(one, item, 10, 3))).rejects.toMatchObject({ code: 'PT409', message: 'stock_moved', detail: '{"count": 2, "field": "inStock"}' })
    await as(head, one => stock(one, item, 2, 3))
    expect(await left(sql, item)).toBe(2)
  }))

  it('takes a new item with its count, or neither', () => inShop(async ({ sql, as, head, places }) => {
    const add = (count: number) => as(head, one => one`select public.add_reward(${places.township}, 'honour', '新卡', 'New card', 100, 7, true, ${count}) as id`)
    await expect(add(-1)).rejects.toMatchObject({ message: 'stock_invalid' })
    expect(await sql`select from public.credit_items where zh = '新卡'`).toHaveLength(0)
    expect(await left(sql, (await add(7))[0]!.id)).toBe(7)
  }))

  it('is kept by whoever approves where the item is collected', () => inShop(async ({ sql, as, mei, places, item }) => {
    const teacher = (await makeStaff(sql, places.township, places.willow, 'teacher')).account
    for (const who of [mei.account, teacher]) {
      await expect(as(who, one => save(one, places.township))).rejects.toMatchObject({ code: 'PT403' })
      await expect(as(who, one => stock(one, item, 9))).rejects.toMatchObject({ code: 'PT403' })
    }
    await expect(as('anon', one => save(one, places.township))).rejects.toMatchObject({ code: '42501' })
  }))

  it.each([['kind_missing', { kind: 'rice' }], ['price_invalid', { price: 0 }], ['price_invalid', { price: -5 }], ['days_invalid', { days: 0 }]])(
    'refuses %s: %o', (code, change) => inShop(async ({ as, head, places }) => {
      await expect(as(head, one => save(one, places.township, change))).rejects.toMatchObject({ code: 'PT422', message: code })
    }))

  it('has a stock that no one sets below zero, and whose history stays', () => inShop(async ({ sql, as, head, item }) => {
    await expect(as(head, one => stock(one, item, -1))).rejects.toMatchObject({ code: 'PT422', message: 'stock_invalid' })
    await expect(sql.savepoint(inner => inner`update public.credit_items set in_stock = -1 where id = ${item}`)).rejects.toMatchObject({ code: '23514' })
    await expect(sql.savepoint(inner => inner`update public.credit_stock_moves set amount = 9 where item_id = ${item}`)).rejects.toThrow()
    expect(await as(head, one => one`select amount, after from public.credit_stock_moves where item_id = ${item}`)).toEqual([{ amount: 3, after: 3 }])
  }))

  it('tells when a stock was changed behind its back', () => withRollback(async (sql) => {
    const { township } = await makeNetwork(sql)
    const [item] = await sql`insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits, in_stock) values (${township}, 'honour', 'x', 'x', 1, 4) returning id`
    expect(await sql`select * from private.credit_faults()`).toEqual([{ invariant: 'stock_is_moves', subject: String(item!.id) }])
  }))
})

describe('fifty at once for the last item', () => {
  it('one of them gets it', async () => {
    const { city, township, willow } = await makeNetwork(pool)
    const head = (await makeStaff(pool, city, willow, 'head')).account
    const item = await committedAs(head, async (sql) => {
      const [{ id }] = await save(sql, township) as unknown as [{ id: number }]
      await stock(sql, id, 1)
      return id
    })
    const people = await Promise.all(Array.from({ length: 50 }, () => makePerson(pool, willow)))
    for (const person of people) await give(pool, person.id, city, 2000)
    const ends = await Promise.allSettled(people.map(person => committedAs(person.account, sql => sql`select public.hold_reward(${item})`)))
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'PT409', message: 'none_left' })
    expect(await left(pool, item)).toBe(0)
    expect((await Promise.all(people.map(person => balance(pool, person.id)))).toSorted((a, b) => a - b)).toEqual([0, ...Array<number>(49).fill(2000)])
    expect(await pool`select * from private.credit_faults()`).toEqual([])
  })
})
