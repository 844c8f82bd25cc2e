// A class credited in one call is what its learners credited one by one are.
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type postgres from 'postgres'
import { makeNetwork, makePerson, type Person, type Sql, withRollback } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

interface Event { id: number, key: string }
let events = 0
async function attended(sql: Sql, person: Person, at = '2026-05-12T09:00:00+08:00', { category = null, host = null }: { category?: string | null, host?: number | null } = {}): Promise<Event> {
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, category_id, host_unit_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${`class:${++events}`}, id, 'training', ${category}, ${host}, true, 'learner', residence_unit_id, '{resident}', ${at}, ${at}, 1, 'attended', 'onsite', 'scan'
    from public.persons where id = ${person.id} returning id, key`
  return { id: Number(fact!.id), key: fact!.key as string }
}
const awardClass = (sql: Sql, facts: Event[], minutes: number) =>
  sql`select * from private.award_class(${facts.map(({ id }) => id)}, ${facts.map(({ key }) => key)}, 'lesson_completed', ${minutes})`
const awardEach = async (sql: Sql, facts: Event[], minutes: number) => {
  for (const { id, key } of facts) await sql`select private.award_credit(${key}, ${id}, 'lesson_completed', ${minutes})`
}
const standing = async (sql: Sql, people: Person[]) => Promise.all(people.map(async ({ id }) => {
  const [row] = await sql`
    select private.available_credits(${id})::integer as available, private.credit_debt(${id})::integer as owed, (select seq from public.credit_learners where person_id = ${id})::integer as seq,
      (select coalesce(sum(used), 0) from public.credit_cap_uses where person_id = ${id})::integer as used,
      (select jsonb_agg(jsonb_build_array(outcome, reason, minutes, milli_credits, balance_after_milli_credits) order by seq) from public.credit_postings where person_id = ${id}) as postings`
  return row
}))

const history = fc.array(fc.record({ who: fc.nat(4), kind: fc.constantFrom('alone' as const, 'reverse' as const, 'apply' as const), minutes: fc.integer({ min: 0, max: 90 }) }), { maxLength: 12 })
const classes = fc.array(fc.record({ who: fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }), minutes: fc.integer({ min: 0, max: 90 }), category: fc.constantFrom(null, 'health'), isHosted: fc.boolean() }), { minLength: 1, maxLength: 3 })

it('gives every learner what one posting after the other gives, after any history, and leaves no fault', async () => {
  await fc.assert(fc.asyncProperty(history, classes, async (before, lists) => {
    const ends: unknown[] = []
    for (const give of [awardClass, awardEach]) {
      await withRollback(async (sql) => {
        const { willow, school } = await makeNetwork(sql)
        await sql`insert into public.credit_caps (rule_id, period, amount, category_id, per_institution, first_month)
          values ('lesson_completed', 'day', 120, null, false, 1), ('lesson_completed', 'year', 70, 'health', false, 3), ('lesson_completed', 'term', 80, null, true, 3)`
        const people: Person[] = []
        for (let count = 0; count < 5; count++) people.push(await makePerson(sql, willow))
        for (const { who, kind, minutes } of before) {
          const [last] = await sql`select id from public.credit_postings where person_id = ${people[who]!.id} and kind = 'award' order by seq desc limit 1`
          if (kind === 'alone') await awardEach(sql, [await attended(sql, people[who]!, '2026-05-11T09:00:00+08:00')], minutes)
          else if (kind === 'reverse' && last) await sql`select private.reverse_credit(${last.id}, 'record_corrected')`
          else if (kind === 'apply') await sql`select private.apply_credit(${`class use:${++events}`}, person_id, balance) from public.credit_account_states state
            join public.credit_accounts account on account.id = account_id where person_id = ${people[who]!.id} and role = 'available' and balance > 0`
        }
        for (const { who, minutes, category, isHosted } of lists) {
          const facts: Event[] = []
          for (const one of who) facts.push(await attended(sql, people[one]!, undefined, { category, host: isHosted ? school : null }))
          await give(sql, facts, minutes)
        }
        expect(await sql`select * from private.credit_faults()`).toEqual([])
        ends.push(await standing(sql, people))
      })
    }
    expect(ends[0]).toEqual(ends[1])
  }), { numRuns: 60, endOnFailure: true })
}, 120_000)

it('sent again it posts nothing and answers as before; with other minutes it is refused whole', () => withRollback(async (sql) => {
  const { willow } = await makeNetwork(sql)
  const facts: Event[] = []
  for (let count = 0; count < 4; count++) facts.push(await attended(sql, await makePerson(sql, willow)))
  const ids = async (list: Event[]) => (await awardClass(sql, list, 30)).map(row => row.id as string).sort()
  const first = await ids(facts.slice(0, 3))
  expect(await ids(facts.slice(0, 3))).toEqual(first)
  await expect(sql.savepoint(inner => awardClass(inner as unknown as Sql, facts, 31))).rejects.toMatchObject({ code: 'PT409', message: 'key_reused' })
  expect((await sql`select count(*)::integer as count from public.credit_postings where participation_id = any (${facts.map(({ id }) => id)})`)[0]!.count).toBe(3)
}))

let sql: postgres.Sql
beforeAll(async () => { sql = await pristineDatabase('award_class') })

it('classes in opposite order and single postings among them wait for each other and never in a circle', async () => {
  const db = sql as unknown as Sql
  const { willow } = await makeNetwork(db)
  const people: Person[] = []
  for (let count = 0; count < 12; count++) people.push(await makePerson(db, willow))
  await awardClass(db, await Promise.all(people.map(person => attended(db, person))), 10)
  const work: (() => Promise<unknown>)[] = []
  for (let round = 0; round < 15; round++) {
    const forth: Event[] = []
    const back: Event[] = []
    for (const person of people) {
      forth.push(await attended(db, person))
      back.unshift(await attended(db, person))
    }
    work.push(() => awardClass(db, forth, 10), () => awardClass(db, back, 10), async () => awardEach(db, [await attended(db, people[round % 12]!)], 10))
  }
  await Promise.all(work.map(one => one()))
  expect(await sql`select * from private.credit_faults()`).toEqual([])
  expect((await sql`select sum(balance)::integer as sum from public.credit_account_states state join public.credit_accounts account on account.id = account_id where role = 'available'`)[0]!.sum)
    .toBe((12 + 15 * 25) * 200)
})
