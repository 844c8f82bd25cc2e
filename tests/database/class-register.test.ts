// The register of a class: who is recorded and credited, once; what is refused; what a look says; what is taken back.
import { beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { committedAs, drain, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, type As, withRollback } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

let own: postgres.Sql<{ bigint: number }>
beforeAll(async () => { own = await pristineDatabase('class_register') as unknown as postgres.Sql<{ bigint: number }> })

const START = '2026-05-12T09:00:00+08:00'
interface Class { unit?: number, title?: string, category?: string, start?: string | null, minutes?: number, venue?: string, another?: boolean }
interface Row { register_id: number, person_id: number, name: string | null, outcome: string, reason: string | null, is_new: boolean, is_guest: boolean, minutes: number, credits: number }

interface Desk { sql: Transaction, as: As, places: Network, clerk: Person }
const atTheDesk = (test: (desk: Desk) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test({ sql, as, places, clerk: await makeStaff(sql, places.city, places.willow, 'manager') })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
const enter = (sql: Sql, unit: number, people: number[], { title = '八段锦', category = 'health', start = START, minutes = 60, venue = '', another = false }: Class = {}) => sql<Row[]>`
  select register_id::integer, person_id::integer, name, outcome, reason, is_new, is_guest, counted_minutes::integer as minutes, milli_credits::integer as credits
  from public.record_class(${unit}, ${title}, ${category}, ${start}, ${minutes}, ${venue}, ${another}, ${people})`
const register = ({ as, places, clerk }: Desk, people: number[], options: Class = {}, account = clerk.account) =>
  as(account, sql => enter(sql, options.unit ?? places.willow, people, options))
const look = ({ as, places, clerk }: Desk, people: number[], { title = '八段锦', category = 'health', start = START, minutes = 60, another = false }: Class = {}) => as(clerk.account, sql => sql`
  select person_id::integer, outcome, reason, is_new, counted_minutes::integer as minutes, milli_credits::integer as credits
  from public.look_at_class(${places.willow}, ${title}, ${category}, ${start}, ${minutes}, '', ${another}, ${people})`)
const takeBack = ({ as, clerk }: Desk, participation: number, reason = '点错了人', account = clerk.account) => as(account, sql => sql`
  select public.correct_participation(${participation}, 'not_attended', '{}', ${reason}) as id`)
const people = async (sql: Sql, home: number, count: number) => {
  const ids: number[] = []
  for (let one = 0; one < count; one++) ids.push(Number((await makePerson(sql, home)).id))
  return ids
}
const counts = async (sql: Sql, ids: number[]) => (await sql`
  select (select count(*) from public.credit_postings where person_id = any (${ids}))::integer as postings,
    (select count(*) from public.participations where person_id = any (${ids}))::integer as facts`)[0]

describe('a register', () => {
  it('credits everybody once, however often it is sent, and names who is not known or named twice', () => atTheDesk(async (desk) => {
    const ids = await people(desk.sql, desk.places.willow, 5)
    const first = await register(desk, [...ids, ids[0]!, 999_999_999])
    expect(first).toHaveLength(7)
    expect(first.slice(0, 5).every(({ outcome, minutes, credits, is_new }) => outcome === 'posted' && minutes === 60 && credits === 1200 && is_new)).toBe(true)
    expect(first[5]).toMatchObject({ person_id: ids[0], outcome: 'refused', reason: 'named_twice', credits: 0 })
    expect(first[6]).toMatchObject({ person_id: 999_999_999, name: null, outcome: 'refused', reason: 'person_unknown' })
    expect(await register(desk, ids)).toEqual(first.slice(0, 5).map(row => ({ ...row, is_new: false })))
    expect(await counts(desk.sql, ids)).toEqual({ postings: 5, facts: 5 })
  }))

  it('takes somebody who was forgotten, in a second press', () => atTheDesk(async (desk) => {
    const ids = await people(desk.sql, desk.places.willow, 2)
    const [first] = await register(desk, [ids[0]!])
    const both = await register(desk, ids, { title: ' 八段 锦' })
    expect(both.map(({ register_id, is_new }) => [register_id, is_new])).toEqual([[first!.register_id, false], [first!.register_id, true]])
  }))

  it('of the same title on the same day is refused until somebody says that it is another, and then nobody sits in both at once', () => atTheDesk(async (desk) => {
    const ids = await people(desk.sql, desk.places.willow, 2)
    await register(desk, [ids[0]!])
    for (const other of [{ minutes: 90 }, { category: 'culture_leisure' }, { start: '2026-05-12T09:30:00+08:00' }, { start: '2026-05-12T15:00:00+08:00' }])
      await expect(register(desk, ids, other)).rejects.toMatchObject({ code: 'PT409', message: 'class_on_that_day' })
    const beside = await register(desk, ids, { start: '2026-05-12T09:30:00+08:00', another: true })
    expect(beside.map(({ outcome, reason }) => [outcome, reason])).toEqual([['refused', 'other_class_then'], ['posted', null]])
    expect((await register(desk, [ids[0]!], { start: '2026-05-12T15:00:00+08:00', another: true }))[0]).toMatchObject({ outcome: 'posted' })
    expect((await register(desk, [ids[1]!], { title: '太极拳', start: '2026-05-12T09:10:00+08:00' }))[0]).toMatchObject({ outcome: 'refused', reason: 'other_class_then' })
  }))

  it('of a class at the same start in another unit is a register of its own, and shares no keys with it', () => atTheDesk(async (desk) => {
    const [one, other] = [await people(desk.sql, desk.places.willow, 1), await people(desk.sql, desk.places.orchard, 1)]
    await register(desk, one)
    expect((await register(desk, other, { unit: desk.places.orchard }))[0]).toMatchObject({ outcome: 'posted', is_new: true })
    expect((await register(desk, [...other, ...one], { title: '合唱' })).map(({ reason }) => reason)).toEqual(['other_class_then', 'other_class_then'])
  }))

  it('takes somebody registered twice once, as the person that stands', () => atTheDesk(async (desk) => {
    const [kept, double] = await people(desk.sql, desk.places.willow, 2)
    await desk.as(desk.clerk.account, sql => sql`select public.merge_persons(${kept!}, ${double!}, '本人核对')`)
    const rows = await register(desk, [double!, kept!])
    expect(rows.map(({ person_id, outcome, reason }) => [person_id, outcome, reason])).toEqual([[kept, 'posted', null], [kept, 'refused', 'named_twice']])
    expect(await register(desk, [double!])).toMatchObject([{ person_id: kept, outcome: 'posted', is_new: false }])
    expect(await counts(desk.sql, [kept!, double!])).toEqual({ postings: 1, facts: 1 })
  }))

  it('says who lives elsewhere, and of people out of sight nothing', () => atTheDesk(async (desk) => {
    const [here] = await people(desk.sql, desk.places.willow, 1)
    const [guest] = await people(desk.sql, desk.places.harbour, 1)
    expect((await register(desk, [here!, guest!])).map(({ is_guest }) => is_guest)).toEqual([false, true])
    const local = await makeStaff(desk.sql, desk.places.township, desk.places.willow, 'manager')
    const [row] = await register(desk, [guest!], { title: '书法', start: '2026-05-13T09:00:00+08:00' }, local.account)
    expect(row).toMatchObject({ name: null, outcome: 'refused', reason: 'person_unknown' })
  }))

  it('moves the figures of the place where people live', () => atTheDesk(async (desk) => {
    const ids = await people(desk.sql, desk.places.willow, 3)
    await register(desk, ids)
    await drain(desk.sql)
    const [row] = await desk.as(desk.clerk.account, sql => sql`select persons::integer from public.coverage_by_unit(${desk.places.willow}, 2026, 'resident') where unit_id = ${desk.places.willow}`)
    expect(row!.persons).toBe(3)
  }))

  it('stays as it was entered', () => atTheDesk(async (desk) => {
    await register(desk, await people(desk.sql, desk.places.willow, 1))
    for (const table of ['class_registers', 'class_register_entries'])
      await expect(desk.sql.savepoint(inner => inner.unsafe(`delete from public.${table}`))).rejects.toMatchObject({ message: 'append_only' })
  }))
})

describe('is refused', () => {
  it.each([
    [{ minutes: 0 }, 'minutes_invalid'], [{ minutes: 721 }, 'minutes_invalid'], [{ start: '2099-01-01T09:00:00+08:00' }, 'start_invalid'], [{ start: null }, 'start_invalid'],
    [{ category: 'no_such' }, 'category_unknown'], [{ title: ' ' }, 'class_title_missing'], [{ title: '长'.repeat(61) }, 'class_title_missing'], [{ venue: '远'.repeat(61) }, 'venue_too_long'],
  ] as [Class, string][])('%o: %s', (options, code) => atTheDesk(async (desk) => {
    await expect(register(desk, await people(desk.sql, desk.places.willow, 1), options)).rejects.toMatchObject({ code: 'PT422', message: code })
  }))

  it('of whoever enters it, under whichever row, in a look as well, and nobody else of the list is entered', () => atTheDesk(async (desk) => {
    const [one, double] = await people(desk.sql, desk.places.willow, 2)
    await desk.sql`update public.persons set merged_into = ${desk.clerk.id}, counts_as = ${desk.clerk.id} where id = ${double!}`
    for (const own of [desk.clerk.id, double!]) {
      for (const press of [register, look]) await expect(press(desk, [one!, own])).rejects.toMatchObject({ code: 'PT409', message: 'own_account', detail: expect.stringContaining('people') })
    }
    expect(await counts(desk.sql, [one!])).toEqual({ postings: 0, facts: 0 })
    const other = await makeStaff(desk.sql, desk.places.city, desk.places.willow, 'manager')
    const [entered] = await register(desk, [double!], {}, other.account)
    expect(entered).toMatchObject({ person_id: Number(desk.clerk.id), outcome: 'posted' })
    const [{ standing_id } = { standing_id: 0 }] = await desk.as(other.account, sql => sql<{ standing_id: number }[]>`select standing_id::integer from public.class_people(${entered!.register_id})`)
    await expect(takeBack(desk, standing_id)).rejects.toMatchObject({ code: 'PT409', message: 'own_account' })
  }))

  it('of people who are not known or sit elsewhere, all of them, and leaves no register in the way', () => atTheDesk(async (desk) => {
    const [busy, here] = await people(desk.sql, desk.places.willow, 2)
    await register(desk, [busy!], { title: '合唱' })
    const rows = await register(desk, [999_999_998, 999_999_999, busy!], { minutes: 90 })
    expect(rows.map(row => [row.register_id, row.outcome, row.reason])).toEqual([[null, 'refused', 'person_unknown'], [null, 'refused', 'person_unknown'], [null, 'refused', 'other_class_then']])
    expect(await desk.sql`select title from public.class_registers`).toEqual([{ title: '合唱' }])
    expect((await register(desk, [here!]))[0]).toMatchObject({ outcome: 'posted' })
  }))

  it('of nobody, or of more than 200', () => atTheDesk(async (desk) => {
    await expect(register(desk, [])).rejects.toMatchObject({ message: 'people_invalid' })
    await expect(register(desk, Array.from({ length: 201 }, (_, index) => index + 1))).rejects.toMatchObject({ message: 'people_invalid' })
  }))

  it('from a resident, an inspector, a teacher, a visitor, and at a unit that is not one’s own', () => atTheDesk(async (desk) => {
    const [one] = await people(desk.sql, desk.places.willow, 1)
    const others = [await makePerson(desk.sql, desk.places.willow)]
    for (const role of ['inspector', 'teacher']) others.push(await makeStaff(desk.sql, desk.places.city, desk.places.willow, role))
    others.push(await makeStaff(desk.sql, desk.places.otherTownship, desk.places.willow, 'manager'))
    for (const { account } of others) {
      await expect(register(desk, [one!], {}, account)).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
      await expect(desk.as(account, sql => sql`select * from public.look_at_class(${desk.places.willow}, '八段锦', 'health', ${START}, 60, '', false, ${[one!]})`)).rejects.toMatchObject({ code: 'PT403' })
    }
    await expect(register(desk, [one!], {}, 'anon')).rejects.toMatchObject({ code: '42501' })
    const [{ register_id } = { register_id: 0 }] = await register(desk, [one!])
    for (const account of [others[0]!.account, others[3]!.account]) {
      expect(await desk.as(account, sql => sql`select from public.class_registers`)).toEqual([])
      expect(await desk.as(account, sql => sql`select from public.class_register_entries`)).toEqual([])
      await expect(desk.as(account, sql => sql`select * from public.class_people(${register_id})`)).rejects.toMatchObject({ code: 'PT404', message: 'class_unknown' })
    }
  }))
})

it('a look says what the press then does, caps and all, and leaves nothing behind', () => atTheDesk(async (desk) => {
  await desk.sql`insert into public.credit_caps (rule_id, period, amount) values ('attendance', 'day', 90)`
  const ids = await people(desk.sql, desk.places.willow, 3)
  await register(desk, [ids[0]!], { title: '合唱', start: '2026-05-12T14:00:00+08:00' })
  const asked = [...ids, ids[1]!, 999_999_999]
  const seen = await look(desk, asked)
  expect(await counts(desk.sql, ids)).toEqual({ postings: 1, facts: 1 })
  expect(await desk.sql`select 1 from public.class_registers where title = '八段锦'`).toEqual([])
  expect(seen[0]).toMatchObject({ outcome: 'clipped', reason: 'cap_day', minutes: 30 })
  expect((await register(desk, asked)).map(({ person_id, outcome, reason, is_new, minutes, credits }) => ({ person_id, outcome, reason, is_new, minutes, credits }))).toEqual(seen)
  await expect(look(desk, ids, { minutes: 30 })).rejects.toMatchObject({ message: 'class_on_that_day' })
}))

it('fifty at once get what fifty one by one get', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const clerk = await makeStaff(sql, places.city, places.willow, 'manager')
  await sql`insert into public.credit_caps (rule_id, period, amount) values ('attendance', 'day', 100)`
  const [together, alone] = [await people(sql, places.willow, 50), await people(sql, places.willow, 50)]
  const desk = { sql, as, places, clerk }
  for (const ids of [together, alone]) await register(desk, ids.filter((_, index) => index % 3 === 0), { title: '早课', unit: ids === together ? places.willow : places.orchard, start: '2026-05-12T07:00:00+08:00' })
  const atOnce = await register(desk, together, { minutes: 75 })
  const each: Row[] = []
  for (const id of alone) each.push(...await register(desk, [id], { minutes: 75, unit: places.orchard }))
  const result = (rows: Row[]) => rows.map(({ outcome, reason, minutes, credits }) => [outcome, reason, minutes, credits])
  expect(result(atOnce)).toEqual(result(each))
  expect(new Set(result(atOnce).map(String)).size).toBe(2)
  expect(await sql`select * from private.credit_faults()`).toEqual([])
}))

describe('somebody wrongly ticked', () => {
  it('is taken back with the credits, by whom and why, and may be entered again', () => atTheDesk(async (desk) => {
    const [one, other] = await people(desk.sql, desk.places.willow, 2)
    const [{ register_id } = { register_id: 0 }] = await register(desk, [one!, other!])
    const seen = () => desk.as(desk.clerk.account, sql => sql`select participation_id::integer, standing_id::integer, person_id::integer, attended, outcome, milli_credits::integer as credits, corrected_by, correction from public.class_people(${register_id})`)
    const entry = (await seen()).find(({ person_id }) => person_id === one)!
    await takeBack(desk, entry.standing_id)
    expect((await seen()).map(({ person_id, attended, corrected_by, correction }) => [person_id, attended, corrected_by, correction])).toEqual([[other, true, null, null], [one, false, '陈志强', '点错了人']])
    expect((await desk.sql`select private.available_credits(${one!})::integer as credits`)[0]!.credits).toBe(0)
    await expect(takeBack(desk, entry.standing_id)).rejects.toMatchObject({ message: 'already_corrected' })
    expect((await register(desk, [one!]))[0]).toMatchObject({ outcome: 'posted', is_new: true, credits: 1200 })
    expect((await register(desk, [one!]))[0]).toMatchObject({ outcome: 'posted', is_new: false, credits: 1200 })
    expect((await desk.sql`select private.available_credits(${one!})::integer as credits`)[0]!.credits).toBe(1200)
  }))

  it('frees the time for the class that they really came to', () => atTheDesk(async (desk) => {
    const [one] = await people(desk.sql, desk.places.willow, 1)
    const [{ register_id } = { register_id: 0 }] = await register(desk, [one!])
    expect((await register(desk, [one!], { title: '合唱' }))[0]).toMatchObject({ reason: 'other_class_then' })
    const [entry] = await desk.as(desk.clerk.account, sql => sql`select standing_id::integer from public.class_people(${register_id})`)
    await takeBack(desk, entry!.standing_id)
    expect((await register(desk, [one!], { title: '合唱' }))[0]).toMatchObject({ outcome: 'posted' })
  }))
})

it('every entry has one answer: what is sent again, under the same key or another, is found out or refused', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const desk = { sql, as, places, clerk: await makeStaff(sql, places.city, places.willow, 'manager') }
  const ids = await people(sql, places.willow, 3)
  await register(desk, ids)
  const facts = await sql`select id, key from public.participations where person_id = any (${ids}) order by id`
  const again = (suffix: string, minutes = 60) => sql.savepoint(inner => inner`
    select count(*)::integer as count from private.award_class(${facts.map(one => one.id as number)}, ${facts.map(one => `${one.key as string}${suffix}`)}, 'attendance', ${minutes})`)
  expect(await again('')).toEqual([{ count: 3 }])
  await expect(again('', 61)).rejects.toMatchObject({ message: 'key_reused' })
  expect(await counts(sql, ids)).toEqual({ postings: 3, facts: 3 })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
  // A second answer to the same entry is none of the ledger's refusals: the nightly check names it, entry by entry.
  await again(' once more')
  expect((await sql`select subject from private.credit_faults() where invariant = 'class_award_once' order by subject::bigint`).map(row => row.subject)).toEqual(facts.map(one => String(one.id)))
}))

describe('on several connections', () => {
  const committed = (clerk: Person, unit: number, ids: number[], options: Class = {}) => committedAs(clerk.account, sql => enter(sql, unit, ids, options), own)

  it('pressed twice at the same moment is one register, and everybody is credited once', async () => {
    const db = own as unknown as Sql
    const places = await makeNetwork(db)
    const clerk = await makeStaff(db, places.city, places.willow, 'manager')
    const ids = await people(db, places.willow, 50)
    const [one, two] = await Promise.all([committed(clerk, places.willow, ids), committed(clerk, places.willow, ids)])
    expect(new Set([...one, ...two].map(({ register_id }) => Number(register_id))).size).toBe(1)
    expect([...one, ...two].filter(({ is_new }) => is_new)).toHaveLength(50)
    expect(await counts(db, ids)).toEqual({ postings: 50, facts: 50 })
    // The same class with other minutes, at the same moment: one of them stands.
    const both = await Promise.allSettled([60, 90].map(minutes => committed(clerk, places.willow, ids, { title: '合唱', start: '2026-05-14T09:00:00+08:00', minutes })))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    // Two classes of different titles at the same time: nobody is in both.
    const [sung, danced] = await Promise.all(['唱歌', '跳舞'].map(title => committed(clerk, places.willow, ids, { title, start: '2026-05-15T09:00:00+08:00' })))
    expect([...sung!, ...danced!].filter(({ outcome }) => outcome === 'posted')).toHaveLength(50)
    expect(await own`select * from private.credit_faults()`).toEqual([])
  })

  it('in opposite orders, with single classes among them, they wait and never in a circle', async () => {
    const db = own as unknown as Sql
    const places = await makeNetwork(db)
    const clerk = await makeStaff(db, places.city, places.willow, 'manager')
    const ids = await people(db, places.willow, 20)
    const at = (minute: number) => ({ title: `第 ${minute} 场`, start: new Date(Date.parse(START) + minute * 600_000).toISOString(), minutes: 10 })
    const work: Promise<unknown>[] = []
    for (let round = 0; round < 10; round++) {
      work.push(committed(clerk, places.willow, ids, at(2 * round)), committed(clerk, places.willow, ids.toReversed(), at(2 * round + 1)),
        committed(clerk, places.willow, ids.toReversed(), at(2 * round)), committed(clerk, places.willow, [ids[round]!], at(100 + round)))
    }
    await Promise.all(work)
    expect(await own`select * from private.credit_faults()`).toEqual([])
    expect((await counts(db, ids))!.postings).toBe(20 * 20 + 10)
  })
})
