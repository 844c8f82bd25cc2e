// Rules that the region's office adds: for what two of the staff decide, with an amount, a day and a cap.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pristineDatabase } from '../fixtures/pristine.ts'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface Office { sql: Transaction, as: As, places: Network, office: Person, second: Person, clerk: Person, mei: Person }
interface Added { zh?: string | null, en?: string, ground?: string, from?: number, milli?: number | null, period?: string | null, amount?: number | null, month?: number | null }

const atTheOffice = (test: (office: Office) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test({
    sql, as, places, office: await makeStaff(sql, places.city, places.willow, 'head'), second: await makeStaff(sql, places.city, places.willow, 'manager'),
    clerk: await makeStaff(sql, places.township, places.orchard, 'tutor'), mei: await makePerson(sql, places.willow),
  })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

const adding = (sql: Sql, { zh = '社区教育竞赛一等奖', en = 'First prize', ground = 'decision', from = 0, milli = 2000, period = null, amount = null, month = null }: Added = {}) =>
  sql`select public.add_credit_rule(${zh}, ${en}, ${ground}, (private.china_date(now()) + ${from}::integer)::date, ${milli}, ${period}, ${amount}, ${month}) as id`
const add = async ({ as, office }: Office, added: Added = {}, who = office.account) => (await as(who, sql => adding(sql, added)))[0]!.id as string
const askFor = async ({ as, mei }: Office, who: string, rule: string, milli: number | null = null, ground = 'record_missing', day: string | null = null) =>
  (await as(who, sql => sql`select public.ask_credit_grant(${mei.id}, ${milli}, coalesce(${day}::date, private.china_date(now())), ${ground}, '证书已核对', ${rule}) as id`))[0]!.id as number
const approve = ({ as, second }: Office, id: number) => as(second.account, sql => sql`select public.decide_credit_correction(${id}, true, '')`)
const balance = async ({ sql, mei }: Office) => Number((await sql`select private.available_credits(${mei.id}) as balance`)[0]!.balance)

describe('adding a rule', () => {
  it('is for the region’s office alone', () => atTheOffice(async (one) => {
    const county = await makeStaff(one.sql, one.places.county, one.places.willow, 'head')
    const inspector = await makeStaff(one.sql, one.places.city, one.places.willow, 'inspector')
    for (const who of [one.mei, county, inspector, one.clerk]) await expect(add(one, {}, who.account)).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    await expect(add(one, {}, 'anon')).rejects.toMatchObject({ code: '42501' })
  }))

  it.each<[string, Added]>([
    ['rule_name_missing', { zh: ' 奖 ' }], ['rule_name_missing', { zh: null }], ['rule_name_missing', { en: '' }], ['rule_ground_missing', { ground: 'record' }], ['rule_ground_missing', { ground: 'mood' }],
    ['from_day_past', { from: -1 }], ['rate_invalid', { milli: -1 }], ['rate_invalid', { milli: 1_000_001 }], ['rate_invalid', { milli: null }],
    ['period_missing', { amount: 5000 }], ['cap_invalid', { period: 'year' }], ['period_missing', { period: 'decade', amount: 5000 }],
    ['first_month_invalid', { period: 'term', amount: 5000, month: 13 }], ['first_month_invalid', { month: 0 }],
    ['cap_below_once', { period: 'year', amount: 1999 }], ['cap_below_once', { period: 'year', amount: -1 }],
  ])('is refused as %s: %o', (code, added) => atTheOffice(async (one) => {
    await expect(add(one, added)).rejects.toMatchObject({ code: 'PT422', message: code })
    expect(await one.sql`select from public.credit_rules where ground = 'decision'`).toHaveLength(1)
  }))

  it('puts its version and cap in force from a day on, is written down, and its name is taken', () => atTheOffice(async (one) => {
    const id = await add(one, { from: 3, period: 'year', amount: 6000 })
    expect(id).toMatch(/^added_[a-j]+$/)
    const days = (range: string) => one.sql.unsafe(`lower(${range}) - private.china_date(now()) as begins, upper(${range}) as ends`)
    expect(await one.sql`select basis, milli_credits, ${days('in_force')} from public.credit_rule_versions where rule_id = ${id}`).toEqual([{ basis: 'event', milli_credits: 2000, begins: 3, ends: null }])
    expect(await one.sql`select period, amount, basis, ${days('in_force')} from public.credit_caps where rule_id = ${id}`).toEqual([{ period: 'year', amount: 6000, basis: 'event', begins: 3, ends: null }])
    const [event] = await one.sql`select details, account_id from public.audit_events where action = 'credit_rule_added'`
    expect(event).toMatchObject({ details: { name: '社区教育竞赛一等奖', milliCredits: 2000, period: 'year', amount: 6000 }, account_id: one.office.account })
    await expect(add(one)).rejects.toMatchObject({ code: 'PT409', message: 'rule_named_already' })
    await expect(add(one, { zh: '学完一节课' })).rejects.toMatchObject({ message: 'rule_named_already' })
  }))

  it('leaves it to change by the same editor, with no overlap, and never by the minute', () => atTheOffice(async (one) => {
    const id = await add(one)
    const change = (from: number, basis: string, minutes: number | null) => one.as(one.office.account, sql =>
      sql`select public.change_credit_rule(${id}, (private.china_date(now()) + ${from}::integer)::date, ${basis}, 3000, ${minutes})`)
    await expect(change(5, 'minutes', 30)).rejects.toMatchObject({ code: 'PT422', message: 'basis_by_decision' })
    await change(5, 'event', null)
    await expect(change(2, 'event', null)).rejects.toMatchObject({ code: 'PT409', message: 'version_follows' })
    await expect(one.sql.savepoint(sql => sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits) values (${id}, daterange(private.china_date(now()), null), 'event', 1)`))
      .rejects.toMatchObject({ code: '23P01' })
  }))
})

it('two who add the same name at once make one rule', async () => {
  const sql = await pristineDatabase('added_rules') as unknown as NonNullable<Parameters<typeof committedAs>[2]>
  const places = await makeNetwork(sql)
  const office = await makeStaff(sql, places.city, places.willow, 'head')
  const answers = await Promise.allSettled(Array.from({ length: 6 }, () => committedAs(office.account, one => adding(one), sql)))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ message: 'rule_named_already' })
  expect(await sql`select from public.credit_rules where zh = '社区教育竞赛一等奖'`).toHaveLength(1)
})

describe('credits by an added rule', () => {
  it('are asked for by one and approved by another, as many as the rule says', () => atTheOffice(async (one) => {
    const id = await add(one)
    await expect(askFor(one, one.clerk.account, id, 1999)).rejects.toMatchObject({ code: 'PT422', message: 'amount_is_fixed' })
    const asked = await askFor(one, one.clerk.account, id)
    await approve(one, asked)
    expect(await balance(one)).toBe(2000)
    expect(await one.sql`select rule_id, ground ->> 'ground' as ground from public.credit_postings where person_id = ${one.mei.id}`).toEqual([{ rule_id: id, ground: 'by_rule' }])
    const [listed] = await one.as(one.clerk.account, sql => sql`select rule_zh, milli_credits, ground from public.credit_corrections_below(${one.places.willow}, 'approved')`)
    expect(listed).toEqual({ rule_zh: '社区教育竞赛一等奖', milli_credits: 2000, ground: 'by_rule' })
  }))

  it('are as many as is decided where it has no amount; none before its first day', () => atTheOffice(async (one) => {
    const open = await add(one, { milli: 0 })
    await expect(askFor(one, one.clerk.account, open)).rejects.toMatchObject({ message: 'amount_invalid' })
    await approve(one, await askFor(one, one.clerk.account, open, 750))
    expect(await balance(one)).toBe(750)
    const later = await add(one, { zh: '以后的规则', from: 2 })
    await expect(askFor(one, one.clerk.account, later)).rejects.toMatchObject({ code: 'PT422', message: 'rule_not_in_force' })
  }))

  /** A cap of whatever period clips what happened in one of its periods, by itself and beside caps that are set later. */
  const PERIODS = { day: ['2026-03-01', '2026-03-02'], week: ['2026-03-02', '2026-03-09'], month: ['2026-03-31', '2026-04-01'], term: ['2026-07-31', '2026-08-01'], year: ['2026-01-31', '2026-02-01'], lifetime: ['2026-01-31', '2026-11-01'] } as const
  it('never exceed a cap over whatever period, however many are asked for', () => fc.assert(fc.asyncProperty(
    fc.record({
      milli: fc.integer({ min: 1, max: 3000 }), room: fc.integer({ min: 0, max: 8000 }), isFixed: fc.boolean(),
      period: fc.constantFrom(...Object.keys(PERIODS) as (keyof typeof PERIODS)[]), days: fc.array(fc.nat(1), { minLength: 1, maxLength: 8 }),
    }),
    ({ milli, room, isFixed, period, days }) => atTheOffice(async (one) => {
      const amount = milli + room
      const id = await add(one, { milli: isFixed ? milli : 0, period, amount, month: 2 })
      // As if the rule had been added long ago: what happened earlier is asked for today.
      await one.sql`update public.credit_rule_versions set in_force = daterange('2026-01-01', null) where rule_id = ${id}`
      await one.sql`update public.credit_caps set in_force = daterange('2026-01-01', null) where rule_id = ${id}`
      for (const day of days) await approve(one, await askFor(one, one.clerk.account, id, isFixed ? null : milli, 'record_missing', PERIODS[period][day]))
      const given = [0, 1].map(day => days.filter(own => own === day).length * milli)
      const counted = period === 'lifetime' ? [given[0]! + given[1]!] : given
      expect(await balance(one)).toBe(counted.reduce((sum, own) => sum + Math.min(own, amount), 0))
      for (const posting of await one.sql`select outcome, reason from public.credit_postings where rule_id = ${id} and outcome <> 'posted'`) expect(posting.reason).toBe(`cap_${period}`)
    }),
  ), { numRuns: 24 }), 60_000)

  it('have further caps set as those of every rule, of all alone: what people decide has no category and no institution', () => atTheOffice(async (one) => {
    const id = await add(one, { period: 'year', amount: 6000 })
    const set = (period: string, scope: { category?: string, each?: boolean } = {}) => one.as(one.office.account, sql =>
      sql`select public.set_credit_cap(${id}, ${period}, 2.5, private.china_date(now()), ${scope.category ?? null}, ${scope.each ?? false}, 9)`)
    await set('term')
    for (const scope of [{ category: 'health' }, { each: true }]) await expect(set('term', scope)).rejects.toMatchObject({ message: 'scope_not_for_decisions' })
    expect(await one.sql`select period, amount, first_month as month from public.credit_caps where rule_id = ${id} order by id`)
      .toEqual([{ period: 'year', amount: 6000, month: 1 }, { period: 'term', amount: 2500, month: 9 }])
    for (let time = 0; time < 2; time++) await approve(one, await askFor(one, one.clerk.account, id))
    expect(await balance(one)).toBe(2500)
  }))
})
