// Points, where a region keeps them: they come with credits, pay for rewards, end on their day and return to the lots they came from.
import { beforeAll, describe, expect, it } from 'vitest'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, type pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

interface Region { sql: Transaction, as: As, mei: Person, places: Network, head: string, item: number }

let keys = 0
const grant = async (sql: Sql, personId: number, unit: number, milli: number) => (await sql`
  select (private.grant_credit(${`points-test|${process.pid}|${++keys}`}, ${personId}, 'staff_correction', ${milli}, 0, ${unit}, 'test', '{}', now())).id`)[0]!.id as number
const turnOn = (sql: Sql, { points = 10, months = null }: { points?: number, months?: number | null } = {}) =>
  sql`insert into public.credit_point_terms (in_force, points_per_credit, months) values ('(,)', ${points}, ${months})`
const shelve = async (sql: Sql, unit: number, price: number, count = 5) => {
  const [item] = await sql`insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits) values (${unit}, 'reading_pass', '阅览证', 'Reading pass', ${price}) returning id`
  await sql`select private.move_stock(${item!.id}, ${count}, null)`
  return item!.id as number
}
const pointsOf = async (as: As, account: string) => (await as(account, sql => sql`select last_day::text, milli_points::integer from public.my_points()`)).map(row => ({ ...row }))
const hold = async (as: As, account: string, item: number) => (await as(account, sql => sql`select public.hold_reward(${item}) as id`))[0]!.id as number
const giveBack = (as: As, account: string, id: number) => as(account, sql => sql`select public.return_reward(${id})`)
const creditsOf = async (sql: Sql, personId: number) => Number((await sql`select private.available_credits(${personId}) as balance`)[0]!.balance)
const end = async (sql: Sql) => Number((await sql`select private.end_points() as count`)[0]!.count)
/** The lot that came with the nth posting of points of a person ends so many days from today. */
const endsIn = (sql: Sql, personId: number, nth: number, days: number) => sql`
  update public.credit_lots set last_day = private.china_date(now()) + ${days}::integer where id = (
    select lot.id from public.credit_lots lot join public.credit_accounts account on account.id = lot.account_id
    where account.person_id = ${personId} order by lot.id offset ${nth} limit 1)`
const today = async (sql: Sql, days = 0) => (await sql`select (private.china_date(now()) + ${days}::integer)::text as day`)[0]!.day as string

// Terms hold for the whole region, with whatever others have posted there meanwhile.
let own: typeof pool
beforeAll(async () => { own = await pristinePool('points') })

const inRegion = (test: (region: Region) => Promise<unknown>, terms?: { points?: number, months?: number | null } | 'off') => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const head = (await makeStaff(sql, places.city, places.willow, 'head')).account
  const mei = await makePerson(sql, places.willow)
  if (terms !== 'off') await turnOn(sql, terms)
  await test({ sql, as, mei, places, head, item: await shelve(sql, places.township, 2000) })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
}, own)

describe('points', () => {
  it('do not exist where the region keeps none: a reward costs credits', () => inRegion(async ({ sql, as, mei, places, item }) => {
    await grant(sql, mei.id, places.city, 5000)
    await hold(as, mei.account, item)
    expect([await pointsOf(as, mei.account), await creditsOf(sql, mei.id)]).toEqual([[], 3000])
  }, 'off'))

  it('come with credits, as many as the terms say, and last to the end of a month', () => inRegion(async ({ sql, as, mei, places }) => {
    await grant(sql, mei.id, places.city, 1500)
    const [{ day }] = await sql`select ((date_trunc('month', private.china_date(now())::timestamp) + interval '13 months')::date - 1)::text as day` as unknown as [{ day: string }]
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: day, milli_points: 15_000 }])
  }, { points: 10, months: 12 }))

  it('pay for a reward; the credits stay', () => inRegion(async ({ sql, as, mei, places, item }) => {
    await grant(sql, mei.id, places.city, 5000)
    await hold(as, mei.account, item)
    expect([await pointsOf(as, mei.account), await creditsOf(sql, mei.id)]).toEqual([[{ last_day: null, milli_points: 30_000 }], 5000])
  }))

  it('that are too few are refused, and nothing is taken', () => inRegion(async ({ sql, as, mei, places, item }) => {
    await grant(sql, mei.id, places.city, 1000)
    await expect(hold(as, mei.account, item)).rejects.toMatchObject({ code: 'PT409', message: 'points_too_few' })
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: null, milli_points: 10_000 }])
    expect((await sql`select in_stock from public.credit_items where id = ${item}`)[0]!.in_stock).toBe(5)
  }))

  it('are spent in the order of their last days', () => inRegion(async ({ sql, as, mei, places, item }) => {
    for (const milli of [1000, 1000, 1000]) await grant(sql, mei.id, places.city, milli)
    await endsIn(sql, mei.id, 0, 40)
    await endsIn(sql, mei.id, 2, 3)
    await hold(as, mei.account, item)
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: null, milli_points: 10_000 }])
  }))

  it('given back return to their own lots with their own days, and end if these are over', () => inRegion(async ({ sql, as, mei, places, item }) => {
    for (const milli of [1000, 1500]) await grant(sql, mei.id, places.city, milli)
    await endsIn(sql, mei.id, 0, 3)
    const kept = await hold(as, mei.account, item)
    await endsIn(sql, mei.id, 0, -1)
    expect(await end(sql)).toBe(0)
    await giveBack(as, mei.account, kept)
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: null, milli_points: 15_000 }])
    expect([await end(sql), await end(sql)]).toEqual([1, 0])
  }))

  it('can be used on their last day and not on the day after, whether or not they were ended already', () => inRegion(async ({ sql, as, mei, places, item }) => {
    await grant(sql, mei.id, places.city, 2000)
    await endsIn(sql, mei.id, 0, 0)
    expect(await end(sql)).toBe(0)
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: await today(sql), milli_points: 20_000 }])
    await endsIn(sql, mei.id, 0, -1)
    await expect(hold(as, mei.account, item)).rejects.toMatchObject({ message: 'points_too_few' })
    expect([await end(sql), await pointsOf(as, mei.account)]).toEqual([1, []])
  }))

  it('are taken back with the credits that brought them; what was spent is owed and repaid first', () => inRegion(async ({ sql, as, mei, places, item }) => {
    const wrong = await grant(sql, mei.id, places.city, 2500)
    await hold(as, mei.account, item)
    await sql`select private.reverse_credit(${wrong}, 'record_corrected')`
    expect(await pointsOf(as, mei.account)).toEqual([])
    await grant(sql, mei.id, places.city, 3000)
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: null, milli_points: 10_000 }])
  }))

  it('that ended unused are not owed when their credits are taken back', () => inRegion(async ({ sql, as, mei, places }) => {
    const wrong = await grant(sql, mei.id, places.city, 2000)
    await endsIn(sql, mei.id, 0, -1)
    await end(sql)
    await sql`select private.reverse_credit(${wrong}, 'record_corrected')`
    await grant(sql, mei.id, places.city, 1000)
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: null, milli_points: 10_000 }])
  }))

  it('of two rows of a person are spent together, and each row keeps its own when they are parted', () => inRegion(async ({ sql, as, mei, places, item }) => {
    const other = await makePerson(sql, places.willow)
    for (const one of [mei, other]) await grant(sql, one.id, places.city, 1500)
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${other.id}`
    await hold(as, mei.account, item)
    expect(await pointsOf(as, mei.account)).toEqual([{ last_day: null, milli_points: 10_000 }])
    await sql`update public.persons set merged_into = null, counts_as = null where id = ${other.id}`
    expect([await pointsOf(as, mei.account), await pointsOf(as, other.account)]).toEqual([[], [{ last_day: null, milli_points: 10_000 }]])
  }))

  it('go with a reward that is handed over, and stand in the history with what they were for', () => inRegion(async ({ sql, as, mei, places, head, item }) => {
    await grant(sql, mei.id, places.city, 2000)
    const id = await hold(as, mei.account, item)
    const [{ code }] = await sql`select code from public.credit_holds where id = ${id}` as unknown as [{ code: string }]
    await as(head, one => one`select public.collect_reward(${code})`)
    const lines = await as(mei.account, one => one`select kind, milli_points::integer, zh from public.my_point_lines()`)
    expect(lines.map(line => ({ ...line }))).toEqual([
      { kind: 'hold', milli_points: -20_000, zh: '阅览证' }, { kind: 'points', milli_points: 20_000, zh: '工作人员更正' }])
  }))

  it('of others are not seen, and nobody writes terms, lots or their uses past the functions', () => inRegion(async ({ sql, as, mei, places, head, item }) => {
    const other = await makePerson(sql, places.willow)
    await grant(sql, mei.id, places.city, 2000)
    expect(await as(other.account, one => one`select * from public.credit_lots`)).toEqual([])
    expect(await as(other.account, one => one`select * from public.my_point_lines()`)).toEqual([])
    for (const who of ['anon', mei.account, head]) {
      for (const write of ['insert into public.credit_point_terms (in_force, points_per_credit) values (\'[2000-01-01,2000-01-02)\', 5)', 'update public.credit_lots set remaining = 1',
        'delete from public.credit_point_terms', 'update public.credit_lot_uses set amount = 1', 'truncate public.credit_lot_uses', 'select private.end_points()',
        'select private.use_points(1, 1, 1, 1)'])
        await expect(as(who, one => one.unsafe(write)), `${who}: ${write}`).rejects.toMatchObject({ code: '42501' })
    }
    await hold(as, mei.account, item)
    await expect(sql.savepoint(one => one`delete from public.credit_lot_uses`)).rejects.toMatchObject({ message: 'append_only' })
  }))
})

describe('the terms', () => {
  const set = (as: As, who: string, sqlDay: string, points: number | null, months: number | null = 12) =>
    as(who, sql => sql`select public.set_point_terms((private.china_date(now()) + ${sqlDay}::integer), ${points}, ${months})`)

  it('begin tomorrow at the earliest, with sensible numbers, one after the other', () => inRegion(async ({ sql, as, head }) => {
    await expect(set(as, head, '0', 10)).rejects.toMatchObject({ message: 'from_tomorrow' })
    await expect(set(as, head, '1', 0)).rejects.toMatchObject({ message: 'points_invalid' })
    await expect(set(as, head, '1', 10, 0)).rejects.toMatchObject({ message: 'months_invalid' })
    await set(as, head, '5', 10)
    await expect(set(as, head, '2', 20)).rejects.toMatchObject({ message: 'terms_follow' })
    const [coming] = await sql`select id from public.credit_point_terms`
    await as(head, one => one`select public.withdraw_point_terms(${coming!.id})`)
    await set(as, head, '2', 20)
    expect((await sql`select points_per_credit from public.credit_point_terms`).map(row => row.points_per_credit)).toEqual([20])
  }, 'off'))

  it('that are in force are not withdrawn; a withdrawal lets those before go on', () => inRegion(async ({ sql, as, head }) => {
    const [now] = await sql`select id from public.credit_point_terms`
    await expect(as(head, one => one`select public.withdraw_point_terms(${now!.id})`)).rejects.toMatchObject({ message: 'terms_in_force' })
    await set(as, head, '3', null)
    expect((await sql`select upper_inf(in_force) as open from public.credit_point_terms`)[0]!.open).toBe(false)
    await set(as, head, '4', 30)
    const [coming] = await sql`select id from public.credit_point_terms where points_per_credit = 30`
    await as(head, one => one`select public.withdraw_point_terms(${coming!.id})`)
    expect((await sql`select count(*)::integer as count from public.credit_point_terms`)[0]!.count).toBe(1)
  }))

  it('an end that is still to come is withdrawn, and points go on', () => inRegion(async ({ sql, as, head }) => {
    const [now] = await sql`select id from public.credit_point_terms`
    await set(as, head, '3', null)
    await as(head, one => one`select public.withdraw_point_terms(${now!.id})`)
    expect((await sql`select upper_inf(in_force) as open from public.credit_point_terms`)[0]!.open).toBe(true)
  }))

  it('are set by the region’s office alone', () => inRegion(async ({ sql, as, mei, places }) => {
    const teacher = (await makeStaff(sql, places.township, places.willow, 'head')).account
    for (const who of [mei.account, teacher]) await expect(set(as, who, '1', 10)).rejects.toMatchObject({ code: 'PT403' })
    await expect(set(as, 'anon', '1', 10)).rejects.toMatchObject({ code: '42501' })
  }))

  it('that ended end what was left', () => inRegion(async ({ sql, as, mei, places }) => {
    await grant(sql, mei.id, places.city, 2000)
    await sql`update public.credit_point_terms set in_force = daterange(null, private.china_date(now()) + 1)`
    expect(await end(sql)).toBe(0)
    // As on the day after the last one: the grant of today lies before it.
    await sql`alter table public.credit_postings disable trigger credit_postings_append_only`
    await sql`update public.credit_postings set posted_at = posted_at - interval '1 day' where person_id = ${mei.id}`
    await sql`update public.credit_point_terms set in_force = daterange(null, private.china_date(now()))`
    expect([await end(sql), await pointsOf(as, mei.account)]).toEqual([1, []])
  }))
})

describe('a warning before points end', () => {
  const warned = (sql: Sql) => sql`select person_id::integer as person, last_day::text as day, milli_points::integer as points from public.credit_point_warnings order by last_day`
  const warn = async (sql: Sql) => (await sql`select private.warn_of_points() as count`)[0]!.count as number
  const take = (sql: Sql) => sql`select person_id::integer as person, milli_points::integer as points, cipher is not null as has from private.take_point_warnings(20)`

  it('is given once for a person and a last day, with what is left when it is sent, and again when the gateway failed', () => inRegion(async ({ sql, as, mei, places, item }) => {
    await grant(sql, mei.id, places.city, 1000)
    await grant(sql, mei.id, places.city, 3000)
    await grant(sql, mei.id, places.city, 5000)
    await endsIn(sql, mei.id, 0, 30)
    await endsIn(sql, mei.id, 1, 30)
    await endsIn(sql, mei.id, 2, 31)
    await sql`update identity.accounts set phone_cipher = decode(repeat('ab', 40), 'hex'), phone_key_id = 1, phone_lookup = ${String(mei.id).padStart(64, '0')}, phone_mask = '139****0000', phone_verified = true where person_id = ${mei.id}`
    expect([await warn(sql), await warn(sql)]).toEqual([1, 0])
    expect(await warned(sql)).toEqual([{ person: Number(mei.id), day: await today(sql, 30), points: 40_000 }])
    await hold(as, mei.account, item)
    expect(await take(sql)).toEqual([{ person: Number(mei.id), points: 20_000, has: true }])
    expect(await take(sql)).toEqual([])
    await sql`select private.point_warning_not_texted(${mei.id}, ${await today(sql, 30)})`
    expect(await take(sql)).toHaveLength(1)
    expect(await as(mei.account, one => one`select last_day::text from public.credit_point_warnings`)).toHaveLength(1)
    expect(await as((await makePerson(sql, places.willow)).account, one => one`select last_day::text from public.credit_point_warnings`)).toEqual([])
  }))

  it('is given of all points where the region ends them, and nowhere where none are kept', () => inRegion(async ({ sql, mei, places }) => {
    await grant(sql, mei.id, places.city, 1000)
    expect(await warn(sql)).toBe(0)
    await sql`update public.credit_point_terms set in_force = daterange(null, private.china_date(now()) + 11)`
    expect(await warn(sql)).toBe(1)
    expect(await warned(sql)).toEqual([{ person: Number(mei.id), day: await today(sql, 10), points: 10_000 }])
    await sql`update public.credit_point_terms set in_force = daterange(null, private.china_date(now()))`
    expect(await warn(sql)).toBe(0)
  }))

  it('of two rows that became one person is given once', () => inRegion(async ({ sql, mei, places }) => {
    const double = await makePerson(sql, places.willow)
    for (const one of [mei, double]) {
      await grant(sql, one.id, places.city, 1000)
      await endsIn(sql, one.id, 0, 5)
    }
    expect(await warn(sql)).toBe(2)
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${double.id}`
    expect(await warn(sql)).toBe(0)
  }))
})

it('spent by ten at once, points pay for as many rewards as they are worth', async () => {
  await turnOn(own)
  const places = await makeNetwork(own)
  const mei = await makePerson(own, places.willow)
  await grant(own, mei.id, places.city, 5000)
  const items = await Promise.all(Array.from({ length: 10 }, () => shelve(own, places.township, 2000)))
  const results = await Promise.allSettled(items.map(item => committedAs(mei.account, sql => sql`select public.hold_reward(${item})`, own)))
  expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(2)
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ message: 'points_too_few' })
  expect(await own`select * from private.credit_faults()`).toEqual([])
})
