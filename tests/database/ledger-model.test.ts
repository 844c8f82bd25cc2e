// The ledger against a model of forty lines: whatever happens in whatever order, balances are the model's and every invariant holds.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeNetwork, makePerson, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

const RUNS = Number(process.env.LINXUE_MODEL_RUNS ?? 200)
const COMMANDS = 60
/** On either side of midnight in China, of a year, and of a learning year that begins in March. */
const MOMENTS = ['2025-12-31T23:50:00+08:00', '2026-01-01T00:10:00+08:00', '2026-02-28T23:59:00+08:00', '2026-03-01T00:00:00+08:00', '2026-03-02T07:30:00+08:00'] as const
const CAPS = { day: 100, year: 260, category: 150, institution: 120 }

/** What a learner has. */
class Account {
  available = 0
  owed = 0
  applied = 0
  used = new Map<string, number>()

  receive(amount: number) {
    const repaid = Math.min(amount, this.owed)
    this.owed -= repaid
    this.available += amount - repaid
  }

  takeBack(amount: number) {
    const taken = Math.min(amount, this.available)
    this.available -= taken
    this.owed += amount - taken
  }

  /** What of some minutes counts under the caps of a moment. */
  count(minutes: number, buckets: string[]): number {
    const counted = Math.min(minutes, ...buckets.map(bucket => CAPS[bucket.split(' ')[0] as keyof typeof CAPS] - (this.used.get(bucket) ?? 0)))
    this.use(counted, buckets)
    return counted
  }

  use(minutes: number, buckets: string[]) {
    for (const bucket of buckets) this.used.set(bucket, (this.used.get(bucket) ?? 0) + minutes)
  }
}
/** What an event stands under: what all do, a year's cap of its category, and a term's at its institution. */
interface Ground { moment: string, category?: string | null, host?: number | null }
const bucketsOf = ({ moment, category, host }: Ground) => {
  const year = moment < '2026-03-01' ? 2025 : 2026
  return [`day ${moment.slice(0, 10)}`, `year ${year}`, ...category === 'health' ? [`category ${year}`] : [], ...host == null ? [] : [`institution ${host} ${year === 2025 ? 'autumn' : 'spring'}`]]
}

const who = fc.nat(1)
const which = fc.nat(200)
const earn = fc.record({ kind: fc.constant('earn' as const), who, minutes: fc.integer({ min: 0, max: 90 }), moment: fc.constantFrom(...MOMENTS), category: fc.constantFrom(null, 'health', 'digital'), host: fc.constantFrom(null, 0, 1) })
const again = fc.record({ kind: fc.constantFrom('reverse' as const, 'replay' as const, 'changed' as const, 'withdraw' as const), which })
const use = fc.record({ kind: fc.constant('apply' as const), who, share: fc.integer({ min: 1, max: 120 }) })
const rate = fc.record({ kind: fc.constant('rate' as const), from: fc.constantFrom(...MOMENTS), rate: fc.integer({ min: 1, max: 40 }) })
const merge = fc.record({ kind: fc.constant('merge' as const), wanted: fc.boolean() })
const command = fc.oneof({ weight: 6, arbitrary: earn }, { weight: 6, arbitrary: again }, { weight: 2, arbitrary: use }, { weight: 1, arbitrary: rate })
const withMerges = fc.oneof({ weight: 10, arbitrary: command }, { weight: 1, arbitrary: merge })
type Command = typeof withMerges extends fc.Arbitrary<infer One> ? One : never

interface Award { id: number, who: number, key: string, factId: number, minutes: number, counted: number, milliCredits: number, moment: string, category: string | null, host: number | null, isReversed: boolean }

/** Carries out the commands in the database and says what they should have led to. */
class Run {
  readonly accounts = [new Account(), new Account()]
  readonly awards: Award[] = []
  readonly applications: { id: number, who: number, amount: number, isWithdrawn: boolean }[] = []
  private readonly rates: { from: string, rate: number }[] = [{ from: '2000-01-01', rate: 20 }]
  private isMerged = false
  /** What two rows have in common is no longer reckoned for each of them. */
  private isTogether = false

  constructor(private readonly sql: Transaction, private readonly people: Person[], private readonly hosts: number[]) {}

  static async begin(sql: Transaction): Promise<Run> {
    const { willow, school, county } = await makeNetwork(sql)
    await sql`update public.credit_rule_versions set milli_credits = 20, per_minutes = 1, in_force = daterange(null, null) where rule_id = 'lesson_completed'`
    await sql`insert into public.credit_caps (rule_id, period, amount, first_month) values ('lesson_completed', 'day', ${CAPS.day}, 1), ('lesson_completed', 'year', ${CAPS.year}, 3)`
    await sql`insert into public.credit_caps (rule_id, period, amount, first_month, category_id, per_institution)
      values ('lesson_completed', 'year', ${CAPS.category}, 3, 'health', false), ('lesson_completed', 'term', ${CAPS.institution}, 3, null, true)`
    return new Run(sql, [await makePerson(sql, willow), await makePerson(sql, willow)], [school, county])
  }

  async do(one: Command): Promise<void> {
    if (one.kind === 'earn') await this.earn(one)
    else if (one.kind === 'apply') await this.apply(one)
    else if (one.kind === 'rate') await this.changeRate(one)
    else if (one.kind === 'merge') await this.merge(one.wanted)
    else if (one.kind === 'withdraw') await this.withdraw(one.which)
    else if (this.awards.length) await this[one.kind](this.awards[one.which % this.awards.length]!)
  }

  private async earn({ who, minutes, moment, category = null, host = null }: Ground & { who: number, minutes: number }) {
    const key = `model:${this.awards.length}:${this.people[who]!.id}`
    const [fact] = await this.sql`
      insert into public.participations (key, person_id, kind, category_id, host_unit_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
      select ${key}, id, 'training', ${category}, ${host === null ? null : this.hosts[host]!}, true, 'learner', residence_unit_id, '{resident}', ${moment}, ${moment}, 1, 'attended', 'onsite', 'scan'
      from public.persons where id = ${this.people[who]!.id} returning id`
    const [posting] = await this.sql`select * from private.award_credit(${key}, ${fact!.id}, 'lesson_completed', ${minutes})`
    const counted = this.accounts[who]!.count(minutes, bucketsOf({ moment, category, host }))
    const milliCredits = counted * this.rateOf(moment)
    this.accounts[who]!.receive(milliCredits)
    if (!this.isTogether) {
      expect([posting!.minutes, posting!.milli_credits].map(Number)).toEqual([counted, milliCredits])
      expect(posting!.outcome).toBe(counted === minutes ? 'posted' : counted ? 'clipped' : 'refused')
    }
    this.awards.push({ id: posting!.id, who, key, factId: fact!.id, minutes, counted, milliCredits: Number(posting!.milli_credits), moment, category, host, isReversed: false })
  }

  private rateOf(moment: string) { return this.rates.findLast(({ from }) => from <= moment.slice(0, 10))!.rate }

  private async changeRate({ from, rate }: { from: string, rate: number }) {
    const day = from.slice(0, 10)
    if (day <= this.rates.at(-1)!.from) return
    await this.sql`update public.credit_rule_versions set in_force = daterange(lower(in_force), ${day}) where rule_id = 'lesson_completed' and in_force @> ${day}::date`
    await this.sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes) values ('lesson_completed', daterange(${day}, null), 'minutes', ${rate}, 1)`
    this.rates.push({ from: day, rate })
  }

  private async apply({ who, share }: { who: number, share: number }) {
    const account = this.accounts[who]!
    const amount = Math.ceil(account.available * share / 100)
    const asked = this.sql.savepoint(inner => inner`select (private.apply_credit(${`model use:${this.applications.length}:${who}`}, ${this.people[who]!.id}, ${amount})).id`)
    if (!this.isTogether && (amount === 0 || amount > account.available)) await expect(asked).rejects.toMatchObject({ message: amount ? 'credits_too_few' : 'amount_invalid' })
    else {
      const [row] = await (this.isTogether ? asked.catch(() => []) : asked)
      if (!row) return
      account.available -= amount
      account.applied += amount
      this.applications.push({ id: row.id, who, amount, isWithdrawn: false })
    }
  }

  private async withdraw(which: number) {
    const target = this.applications[which % (this.applications.length || 1)]
    if (!target) return
    await this.sql`select private.withdraw_credit(${target.id}, 'not_needed')`
    if (target.isWithdrawn) return
    target.isWithdrawn = true
    this.accounts[target.who]!.applied -= target.amount
    this.accounts[target.who]!.receive(target.amount)
  }

  private async reverse(target: Award) {
    await this.sql`select private.reverse_credit(${target.id}, 'record_corrected')`
    if (target.isReversed) return
    target.isReversed = true
    this.accounts[target.who]!.takeBack(target.counted * this.rateAtAward(target))
    this.accounts[target.who]!.use(-target.counted, bucketsOf(target))
  }

  private rateAtAward({ counted, milliCredits }: Award) { return counted ? milliCredits / counted : 0 }

  private async replay({ key, factId, minutes, id }: Award) {
    const [posting] = await this.sql`select (private.award_credit(${key}, ${factId}, 'lesson_completed', ${minutes})).id`
    expect(posting!.id).toBe(id)
  }

  private async changed({ key, factId, minutes }: Award) {
    await expect(this.sql.savepoint(inner => inner`select private.award_credit(${key}, ${factId}, 'lesson_completed', ${minutes + 1})`)).rejects.toMatchObject({ message: 'key_reused' })
  }

  private async merge(wanted: boolean) {
    if (wanted === this.isMerged) return
    const [kept, other] = this.people as [Person, Person]
    const into = wanted ? kept.id : null
    await this.sql`update public.persons set merged_into = ${into}, counts_as = ${into} where id = ${other.id}`
    this.isMerged = wanted
    this.isTogether = true
  }
}

const amountsOf = async (sql: Sql, personId: number) => {
  const rows = await sql`
    select account.role, state.balance from public.credit_accounts account join public.credit_account_states state on state.account_id = account.id
    where account.person_id = ${personId} and account.measure = 'credits'`
  const of = (role: string) => Number(rows.find(row => row.role === role)?.balance ?? 0)
  return { available: of('available'), owed: 0 - of('shortfall'), applied: of('applied') }
}
const faultsOf = (sql: Sql) => sql`select * from private.credit_faults()`
/** Every run has all its commands: nothing is shrunk, since each would be another minute. */
const parameters = { numRuns: RUNS, endOnFailure: true } as const

it('after any commands, every balance, count and answer is the model’s and no invariant is broken', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: COMMANDS, maxLength: COMMANDS }), commands => withRollback(async (sql) => {
    const run = await Run.begin(sql)
    for (const one of commands) await run.do(one)
    for (const [index, { available, owed, applied }] of run.accounts.entries())
      expect(await amountsOf(sql, run['people'][index]!.id)).toEqual({ available, owed, applied })
    expect(await faultsOf(sql)).toEqual([])
  })), parameters)
}, 240_000)

it('however two rows of a person are merged and parted in between, together they have what the live awards gave', async () => {
  await fc.assert(fc.asyncProperty(fc.array(withMerges, { minLength: COMMANDS, maxLength: COMMANDS }), commands => withRollback(async (sql) => {
    const run = await Run.begin(sql)
    for (const one of commands) await run.do(one)
    const amounts = await Promise.all(run['people'].map(({ id }) => amountsOf(sql, id)))
    const held = amounts.reduce((sum, { available, owed, applied }) => sum + available - owed + applied, 0)
    const earned = (index?: number) => run.awards.filter(({ isReversed, who }) => !isReversed && (index === undefined || who === index)).reduce((sum, { milliCredits }) => sum + milliCredits, 0)
    expect(held).toBe(earned())
    // Each has what the own records gave less what was used in the own name; of two that are one, the one that stands has it all.
    const [kept, other] = amounts.map(({ available, owed, applied }) => ({ applied, left: available - owed }))
    expect([kept!.left, other!.left]).toEqual(run['isMerged'] ? [earned() - kept!.applied - other!.applied, 0] : [earned(0) - kept!.applied, earned(1) - other!.applied])
    expect(await faultsOf(sql)).toEqual([])
  })), { ...parameters, numRuns: Math.ceil(RUNS / 2) })
}, 240_000)

/** What an order can't change: all that was asked of a day up to its cap, all days of a learning year up to the year's. */
function contentsOf(events: readonly { minutes: number, moment: string }[]) {
  const [days, years] = [new Map<string, number>(), new Map<string, number>()]
  for (const { minutes, moment } of events) {
    const [day] = bucketsOf({ moment }) as [string, string]
    days.set(day, (days.get(day) ?? 0) + minutes)
  }
  for (const [day, asked] of days) {
    const [, year] = bucketsOf({ moment: `${day.slice(4)}T12:00:00+08:00` }) as [string, string]
    years.set(year, (years.get(year) ?? 0) + Math.min(CAPS.day, asked))
  }
  return { days, years }
}

it('in any order of the same events totals, what was clipped, and the content of every bucket are the same', async () => {
  const events = fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 90 }), moment: fc.constantFrom(...MOMENTS) }), { minLength: 2, maxLength: 25 })
    .chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
  const seen = { clipped: 0, fullYears: 0, uncapped: 0 }
  await fc.assert(fc.asyncProperty(events, orders => withRollback(async (sql) => {
    const run = await Run.begin(sql)
    for (const [who, order] of orders.entries()) for (const event of order) await run.do({ kind: 'earn', who, category: null, host: null, ...event })
    const { days, years } = contentsOf(orders[0])
    const counted = [...years.values()].reduce((sum, all) => sum + Math.min(CAPS.year, all), 0)
    const asked = orders[0].reduce((sum, { minutes }) => sum + minutes, 0)
    for (const { id } of run['people']) {
      const [total] = await sql`select sum(minutes)::integer as minutes, sum(milli_credits)::integer as milli_credits, sum(asked_minutes - minutes)::integer as clipped from public.credit_postings where person_id = ${id}`
      expect(total).toEqual({ minutes: counted, milli_credits: counted * 20, clipped: asked - counted })
      expect(await amountsOf(sql, id)).toEqual({ available: counted * 20, owed: 0, applied: 0 })

      const rows = await sql`select cap.period, use.period_start::text as start, use.used::integer as used from public.credit_cap_uses use join public.credit_caps cap on cap.id = use.cap_id where use.person_id = ${id} and use.used > 0`
      const content = (period: string) => new Map(rows.filter(row => row.period === period).map(({ start, used }) => [start as string, used as number]))
      expect(content('year')).toEqual(new Map([...years].map(([year, all]) => [`${year.slice(5)}-03-01`, Math.min(CAPS.year, all)])))
      for (const [year, all] of years) {
        const own = [...days].filter(([day]) => bucketsOf({ moment: `${day.slice(4)}T12:00:00+08:00` })[1] === year).map(([day, all]) => ({ day: day.slice(4), most: Math.min(CAPS.day, all) }))
        const used = own.map(({ day }) => content('day').get(day) ?? 0)
        // Which day a full year is cut at is the order's; that it is full, and that no day has more than was asked of it, is not.
        if (all <= CAPS.year) expect(used).toEqual(own.map(({ most }) => most))
        else expect([used.every((minutes, index) => minutes <= own[index]!.most), used.reduce((sum, minutes) => sum + minutes, 0)]).toEqual([true, CAPS.year])
        if (all > CAPS.year) seen.fullYears++
      }
    }
    seen[asked > counted ? 'clipped' : 'uncapped']++
    expect(await faultsOf(sql)).toEqual([])
  })), { numRuns: 50, endOnFailure: true })
  // Runs of every kind, or it would prove nothing.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
}, 120_000)
