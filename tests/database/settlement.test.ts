// The settlement of a year: what a statement says, that it never changes, where late postings go, who may close, and that it survives.
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

let own: postgres.Sql<{ bigint: number }>
beforeAll(async () => { own = await pristineDatabase('settlement') as unknown as postgres.Sql<{ bigint: number }> })

interface Bank { sql: Transaction, places: Network, head: Person, mei: Person }
/** In an empty region: years are of the whole of it. */
async function inBank(test: (bank: Bank) => Promise<unknown>): Promise<void> {
  const done = new Error('rolled back as planned')
  await own.begin(async (sql) => {
    const places = await makeNetwork(sql)
    await test({ sql, places, head: await makeStaff(sql, places.city, places.willow, 'head'), mei: await makePerson(sql, places.willow) })
    expect(await sql`select * from private.credit_faults()`).toEqual([])
    throw done
  }).catch((error) => { if (error !== done) throw error })
}
let events = 0
async function award(sql: Sql, person: Person, day: string, minutes = 60, postedOn = day): Promise<number> {
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${`settle:${++events}`}, id, 'training', true, 'learner', residence_unit_id, '{resident}', ${`${day}T09:00:00+08:00`}, ${`${day}T10:00:00+08:00`}, 1, 'attended', 'onsite', 'scan'
    from public.persons where id = ${person.id} returning id, key`
  const [posting] = await sql`select (private.award_credit(${fact!.key}, ${fact!.id}, 'attendance', ${minutes}, ${`${postedOn}T12:00:00+08:00`})).id::integer as id`
  return posting!.id as number
}
const takeBack = (sql: Sql, posting: number, on: string) => sql`select private.reverse_credit(${posting}, 'record_corrected', ${`${on}T12:00:00+08:00`})`
async function as<T>(sql: Transaction, account: string, call: (inner: Transaction) => Promise<T>): Promise<T> {
  return sql.savepoint(async (inner) => {
    await inner`set local role authenticated`
    await inner`select set_config('request.jwt.claims', ${JSON.stringify({ sub: account, role: 'authenticated' })}, true)`
    const result = await call(inner)
    await inner`reset role`
    await inner`select set_config('request.jwt.claims', '', true)`
    return result
  }) as Promise<T>
}
const begin = async ({ sql, head }: Bank, startsOn: string, who = head.account) => Number((await as(sql, who, inner => inner`select public.close_credit_year(${startsOn}) as id`))[0]!.id)
const settle = async (sql: Sql, year: number, batch = 2000) => {
  let runs = 1
  while ((await sql`select private.settle_credit_year(${year}, ${batch}) as more`)[0]!.more) runs++
  return runs
}
const close = async (bank: Bank, startsOn: string, batch?: number) => {
  const year = await begin(bank, startsOn)
  await settle(bank.sql, year, batch)
  return year
}
const statementOf = async (sql: Sql, year: number, person: Person) => (await sql`
  select from_seq::integer as from, to_seq::integer as to, opening_milli_credits::integer as opening, closing_milli_credits::integer as closing, earned_milli_credits::integer as earned,
    taken_milli_credits::integer as taken, moved_milli_credits::integer as moved, minutes::integer as minutes, chain_seq::integer as seq
  from public.credit_statements where year_id = ${year} and person_id = ${person.id}`)[0]
const linesOf = ({ sql }: Bank, year: number, person: Person) => as(sql, person.account, inner => inner`
  select late, amount::integer as amount, after::integer as after, repays, kind, china_day from (
    select *, to_char(posted_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as china_day from public.my_statement_lines(${year})) line`)

describe('a statement', () => {
  it('says opening, what came and went, and closing; the next one begins where it ends', () => inBank(async (bank) => {
    const { sql, mei } = bank
    await award(sql, mei, '2024-03-01')
    const wrong = await award(sql, mei, '2024-06-01', 30)
    await takeBack(sql, wrong, '2024-07-01')
    const first = await close(bank, '2024-01-01')
    expect(await statementOf(sql, first, mei)).toEqual({ from: 0, to: 3, opening: 0, closing: 1200, earned: 1800, taken: 600, moved: 0, minutes: 60, seq: 3 })
    expect((await linesOf(bank, first, mei)).map(({ amount, after }) => [amount, after])).toEqual([[1200, 1200], [600, 1800], [-600, 1200]])
    await award(sql, mei, '2025-02-01')
    const second = await close(bank, '2025-01-01')
    expect(await statementOf(sql, second, mei)).toMatchObject({ from: 3, opening: 1200 })
  }))

  it('is issued to whoever has none of the year’s lines, too, and to nobody who came later', () => inBank(async (bank) => {
    const { sql, mei, places } = bank
    await award(sql, mei, '2023-03-01')
    const late = await makePerson(sql, places.willow)
    await award(sql, late, '2025-03-01')
    const years = [await close(bank, '2023-01-01'), await close(bank, '2024-01-01'), await close(bank, '2025-01-01')]
    expect(await Promise.all(years.map(year => statementOf(sql, year, mei).then(one => one?.closing)))).toEqual([1200, 1200, 1200])
    expect(await statementOf(sql, years[1]!, mei)).toMatchObject({ from: 1, to: 1, earned: 0 })
    expect(await statementOf(sql, years[1]!, late)).toBeUndefined()
    expect(await statementOf(sql, years[2]!, late)).toMatchObject({ opening: 0, closing: 1200 })
  }))

  it('begins with what was there, where the first year to be closed is not the first of all', () => inBank(async (bank) => {
    const { sql, mei } = bank
    await award(sql, mei, '2023-03-01')
    await award(sql, mei, '2024-03-01', 30)
    await sql`insert into public.credit_years (starts_on, ends_on) values ('2024-01-01', '2025-01-01')`
    const [year] = await sql`select id from public.credit_years`
    await settle(sql, year!.id as number)
    expect(await statementOf(sql, year!.id as number, mei)).toEqual({ from: 1, to: 2, opening: 1200, closing: 1800, earned: 600, taken: 0, moved: 0, minutes: 30, seq: 2 })
  }))

  it('is never changed: late evidence and reversals are supplements with their day, and lines of the year that they are posted in', () => inBank(async (bank) => {
    const { sql, mei } = bank
    const wrong = await award(sql, mei, '2024-03-01')
    const year = await close(bank, '2024-01-01')
    const before = await statementOf(sql, year, mei)
    await award(sql, mei, '2024-11-30', 30, '2025-01-20')
    await takeBack(sql, wrong, '2025-02-10')
    await award(sql, mei, '2025-01-10', 60, '2025-03-01')
    expect(await statementOf(sql, year, mei)).toEqual(before)
    expect((await linesOf(bank, year, mei)).map(({ late, amount, china_day }) => [late, amount, china_day])).toEqual([
      [false, 1200, '2024-03-01'], [true, 600, '2025-01-20'], [true, -1200, '2025-02-10']])
    expect(await sql`select private.credit_year_closed('2024-12-31') as last, private.credit_year_closed('2025-01-01') as next`).toEqual([{ last: true, next: false }])
    const next = await close(bank, '2025-01-01')
    expect(await statementOf(sql, next, mei)).toMatchObject({ opening: 1200, closing: 1800, earned: 1800, taken: 1200 })
    expect((await linesOf(bank, next, mei)).filter(({ late }) => late)).toEqual([])
    for (const statement of ['update public.credit_statements set closing_milli_credits = 1', 'delete from public.credit_statements', 'truncate public.credit_statements'])
      await expect(sql.savepoint(inner => inner.unsafe(statement))).rejects.toMatchObject({ message: 'append_only' })
  }))

  it('is read by its owner alone', () => inBank(async (bank) => {
    const { sql, mei, places, head } = bank
    await award(sql, mei, '2024-03-01')
    const wang = await makePerson(sql, places.willow)
    await award(sql, wang, '2024-03-01')
    const year = await close(bank, '2024-01-01')
    const seen = (who: Person) => as(sql, who.account, inner => inner`select person_id::integer from public.credit_statements`)
    expect(await seen(mei)).toEqual([{ person_id: Number(mei.id) }])
    expect(await seen(head)).toEqual([])
    expect(await linesOf(bank, year, head)).toEqual([])
    expect(await linesOf(bank, year, wang)).toHaveLength(1)
  }))

  it('of two rows that became one person goes on with both: nothing is lost or counted twice', () => inBank(async (bank) => {
    const { sql, mei, places, head } = bank
    const double = await makePerson(sql, places.willow)
    await award(sql, mei, '2024-03-01')
    await award(sql, double, '2024-04-01', 30)
    const first = await close(bank, '2024-01-01')
    await as(sql, head.account, inner => inner`select public.merge_persons(${mei.id}, ${double.id}, '本人核对')`)
    expect(await statementOf(sql, first, double)).toMatchObject({ closing: 600 })
    const second = await close(bank, '2025-01-01')
    expect(await statementOf(sql, second, mei)).toMatchObject({ opening: 1200 })
    expect(await statementOf(sql, second, double)).toMatchObject({ opening: 600 })
  }))
})

describe('closing', () => {
  it('is refused before the year is over, out of order, and to everybody but the region’s office', () => inBank(async (bank) => {
    const { sql, mei, places } = bank
    await expect(begin(bank, '2024-01-01')).rejects.toMatchObject({ code: 'PT409', message: 'year_not_next' })
    await award(sql, mei, '2025-03-01')
    for (const startsOn of ['2024-01-01', '2026-01-01', '2025-02-01']) await expect(begin(bank, startsOn)).rejects.toMatchObject({ message: 'year_not_next' })
    const others = [mei, await makeStaff(sql, places.county, places.willow, 'head'), await makeStaff(sql, places.city, places.willow, 'inspector'), await makeStaff(sql, places.city, places.willow, 'tutor')]
    for (const other of others) {
      await expect(begin(bank, '2025-01-01', other.account)).rejects.toMatchObject({ code: 'PT403' })
      await expect(as(sql, other.account, inner => inner`select public.credit_years_at_desk()`)).rejects.toMatchObject({ code: 'PT403' })
    }
    await close(bank, '2025-01-01')
    await expect(begin(bank, '2026-01-01')).rejects.toMatchObject({ code: 'PT409', message: 'year_not_over' })
  }))

  it('again is the same year, and the next waits until it is closed', () => inBank(async (bank) => {
    await award(bank.sql, bank.mei, '2024-03-01')
    const year = await begin(bank, '2024-01-01')
    expect(await begin(bank, '2024-01-01')).toBe(year)
    await expect(begin(bank, '2025-01-01')).rejects.toMatchObject({ code: 'PT409', message: 'year_running' })
    expect(await bank.sql`select private.credit_year_closed('2024-05-05') as closed`).toEqual([{ closed: false }])
    await settle(bank.sql, year)
    expect(await settle(bank.sql, year)).toBe(1)
    expect(await begin(bank, '2024-01-01')).toBe(year)
    const [told] = await as(bank.sql, bank.head.account, inner => inner`select public.credit_years_at_desk() as told`)
    expect(told!.told).toMatchObject({ next: { startsOn: '2025-01-01', endsOn: '2026-01-01', isOver: true }, years: [{ startsOn: '2024-01-01', statements: 1 }] })
  }))

  it('follows the first month of the caps, and a short year where it changes', () => inBank(async (bank) => {
    const { sql, mei } = bank
    await sql`insert into public.credit_caps (rule_id, period, amount, first_month) values ('attendance', 'year', 100000, 3)`
    await award(sql, mei, '2024-02-29')
    await award(sql, mei, '2024-03-01')
    const first = await close(bank, '2023-03-01')
    expect(await statementOf(sql, first, mei)).toMatchObject({ closing: 1200, to: 1 })
    await sql`update public.credit_caps set first_month = 9`
    await close(bank, '2024-03-01')
    expect((await sql`select starts_on::text, ends_on::text from public.credit_years order by starts_on`).map(({ starts_on, ends_on }) => [starts_on, ends_on]))
      .toEqual([['2023-03-01', '2024-03-01'], ['2024-03-01', '2024-09-01']])
  }))

  it('cut off between batches goes on, and writes the same', () => inBank(async (bank) => {
    const { sql, places } = bank
    const people: Person[] = []
    for (let count = 0; count < 7; count++) {
      people.push(await makePerson(sql, places.willow))
      await award(sql, people[count]!, '2024-05-01', 10 * (count + 1))
    }
    const year = await begin(bank, '2024-01-01')
    expect((await sql`select private.settle_credit_year(${year}, 3) as more`)[0]!.more).toBe(true)
    await sql.savepoint(async (inner) => {
      await inner`select private.settle_credit_year(${year}, 3)`
      throw new Error('killed')
    }).catch(() => undefined)
    expect((await sql`select statements, closed_at from public.credit_years where id = ${year}`)[0]).toMatchObject({ statements: 3, closed_at: null })
    expect((await sql`select * from private.credit_years_running() as id`).map(({ id }) => id)).toEqual([year])
    await settle(sql, year, 3)
    expect((await sql`select statements from public.credit_years where id = ${year}`)[0]!.statements).toBe(7)
    expect(await Promise.all(people.map(person => statementOf(sql, year, person).then(one => one!.minutes)))).toEqual([10, 20, 30, 40, 50, 60, 70])
  }))
})

// What a statement must say, reckoned by hand from a history of days.
const history = fc.array(fc.record({
  who: fc.nat(3), year: fc.constantFrom(2022, 2023, 2024, 2025), month: fc.integer({ min: 1, max: 12 }), minutes: fc.integer({ min: 1, max: 90 }), lateBy: fc.constantFrom(0, 0, 0, 1, 2),
  undone: fc.constantFrom(null, null, 0, 1),
}), { maxLength: 14 })
it('any history, closed year by year in batches of any size, adds up to what was posted by the end of each', async () => {
  await fc.assert(fc.asyncProperty(history, fc.integer({ min: 1, max: 5 }), async (events, batch) => {
    await inBank(async (bank) => {
      const { sql, places } = bank
      const people: Person[] = []
      for (let count = 0; count < 4; count++) people.push(await makePerson(sql, places.willow))
      // As the clock would have it.
      const acts = events.flatMap((event, index) => {
        const day = `${event.year}-${String(event.month).padStart(2, '0')}-15`
        const posted = Math.min(2025, event.year + event.lateBy)
        return [{ index, at: posted * 100 + event.month, day, ...event, undo: false }, ...event.undone === null ? [] : [{ index, at: Math.min(2025, posted + event.undone) * 100 + 12.5, day, ...event, undo: true }]]
      }).sort((a, b) => a.at - b.at)
      const postings = new Map<number, number>()
      const movements: { who: number, year: number, amount: number }[] = []
      for (const act of acts) {
        const [year, month] = [Math.floor(act.at / 100), Math.floor(act.at % 100)]
        const on = `${year}-${String(month).padStart(2, '0')}-${act.undo ? '28' : '15'}`
        const person = people[act.who]!
        const before = Number((await sql`select private.available_credits(${person.id}) as credits`)[0]!.credits)
        if (act.undo) await takeBack(sql, postings.get(act.index)!, on)
        else postings.set(act.index, await award(sql, person, act.day, act.minutes, on))
        movements.push({ who: act.who, year, amount: Number((await sql`select private.available_credits(${person.id}) as credits`)[0]!.credits) - before })
      }
      if (!movements.length) return
      const firstYear = Math.min(...movements.map(({ year }) => year))
      for (let year = firstYear; year <= 2025; year++) {
        const id = await close(bank, `${year}-01-01`, batch)
        for (const [who, person] of people.entries()) {
          const until = (end: number) => movements.filter(one => one.who === who && one.year <= end).reduce((sum, { amount }) => sum + amount, 0)
          const statement = await statementOf(sql, id, person)
          if (movements.some(one => one.who === who && one.year <= year)) expect(statement).toMatchObject({ opening: until(year - 1), closing: until(year) })
          else expect(statement).toBeUndefined()
        }
      }
    })
  }), { numRuns: 25, endOnFailure: true })
}, 120_000)

describe('on two connections', () => {
  it('two presses at once begin one year, two jobs at once write every statement once, and postings go on meanwhile', async () => {
    const db = own as unknown as Sql
    const places = await makeNetwork(db)
    const head = await makeStaff(db, places.city, places.willow, 'head')
    const people: Person[] = []
    for (let count = 0; count < 12; count++) {
      people.push(await makePerson(db, places.willow))
      await award(db, people[count]!, '2024-05-01')
    }
    const press = () => committedAs(head.account, async sql => Number((await sql`select public.close_credit_year('2024-01-01') as id`)[0]!.id), own)
    const [one, two] = await Promise.all([press(), press()])
    expect(one).toBe(two)
    await Promise.all([settle(db, one, 2), settle(db, one, 2), ...people.map(person => award(db, person, '2026-05-01'))])
    expect(await own`select count(*)::integer as count, sum(closing_milli_credits)::integer as sum from public.credit_statements`).toEqual([{ count: 12, sum: 12 * 1200 }])
    expect((await own`select statements, closed_at is not null as closed from public.credit_years`)[0]).toEqual({ statements: 12, closed: true })
    expect(await own`select * from private.credit_faults()`).toEqual([])
  })

  it('a fault in a statement is found', async () => {
    await own.begin(async (sql) => {
      await sql`alter table public.credit_statements disable trigger user`
      const [first, second, third] = await sql`select person_id from public.credit_statements order by person_id limit 3`
      await sql`update public.credit_statements set closing_milli_credits = closing_milli_credits + 5, earned_milli_credits = earned_milli_credits + 5 where person_id = ${first!.person_id}`
      await sql`update public.credit_statements set head = '\\x00' where person_id = ${second!.person_id}`
      await sql`delete from public.credit_statements where person_id = ${third!.person_id}`
      expect((await sql`select invariant from private.credit_faults_of_statements() order by 1`).map(({ invariant }) => invariant)).toEqual(['statement_adds_up', 'statement_head_on_chain', 'statement_missing'])
      throw new Error('undone')
    }).catch((error: Error) => { if (error.message !== 'undone') throw error })
  })
})
