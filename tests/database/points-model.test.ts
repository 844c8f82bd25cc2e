// Points against a model: whatever is earned, taken back, set aside, given back, handed over or ended, in whatever order and
// whether or not two rows of the person count as one, every lot is the model's and no invariant is broken.
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { makeNetwork, makePerson, type Person, type pool, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

const RUNS = Math.ceil(Number(process.env.LINXUE_MODEL_RUNS ?? 200) / 2)
const PRICE = 1000
const POINTS = 10

interface Lot { id: number, who: number, lastDay: number | null, amount: number, remaining: number, endedUnused: number }
interface Grant { id: number, lot: Lot, isReversed: boolean }
interface Hold { id: number, uses: [Lot, number][], isOpen: boolean }

const which = fc.nat(50)
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('earn' as const), who: fc.nat(1), milli: fc.integer({ min: 1, max: 2500 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('age' as const), which, days: fc.integer({ min: -1, max: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hold' as const), which }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('reverse' as const, 'giveBack' as const, 'collect' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('end' as const, 'merge' as const), which }) },
)

class Run {
  readonly lots: Lot[] = []
  readonly owed = [0, 0]
  private readonly grants: Grant[] = []
  private readonly holds: Hold[] = []
  private isMerged = false
  private items: number[] = []

  private constructor(private readonly sql: Transaction, private readonly people: Person[], private readonly unit: number) {}

  static async begin(sql: Transaction): Promise<Run> {
    const { willow, city } = await makeNetwork(sql)
    await sql`insert into public.credit_point_terms (in_force, points_per_credit) values ('(,)', ${POINTS})`
    return new Run(sql, [await makePerson(sql, willow), await makePerson(sql, willow)], city)
  }

  async do(one: typeof command extends fc.Arbitrary<infer One> ? One : never): Promise<void> {
    if (one.kind === 'earn') return this.earn(one)
    if (one.kind === 'hold') return this.hold()
    if (one.kind === 'end') return this.end()
    if (one.kind === 'merge') return this.merge()
    if (one.kind === 'age') return this.age(one)
    if (one.kind === 'reverse') return this.reverse(one.which)
    if (one.kind === 'collect') return this.collect(one.which)
    return this.giveBack(one.which)
  }

  private async earn({ who, milli }: { who: number, milli: number }) {
    const [posting] = await this.sql`select (private.grant_credit(${`points model ${this.grants.length}`}, ${this.people[who]!.id}, 'staff_correction', ${milli}, 0, ${this.unit}, 'model', '{}', now())).id`
    const [{ id }] = await this.sql`select lot.id from public.credit_lots lot join public.credit_postings given on given.id = lot.posting_id where given.key = ${`points|${posting!.id}`}` as unknown as [{ id: number }]
    const amount = milli * POINTS
    const lot = { id, who, lastDay: null, amount, remaining: amount, endedUnused: 0 }
    this.lots.push(lot)
    this.grants.push({ id: posting!.id, lot, isReversed: false })
    this.repay(who)
  }

  /** What rows of a learner owe is paid out of the lots that can be used. */
  private repay(who: number) {
    for (const row of this.rows(who)) {
      const { uses, missing } = this.spend(who, this.owed[row]!)
      for (const [lot, taken] of uses) lot.remaining -= taken
      this.owed[row] = missing
    }
  }

  /** A lot's last day becomes another; negative days are over. */
  private async age({ which, days }: { which: number, days: number }) {
    const lot = this.lots[which % (this.lots.length || 1)]
    if (!lot) return
    lot.lastDay = days
    await this.sql`update public.credit_lots set last_day = private.china_date(now()) + ${days}::integer where id = ${lot.id}`
  }

  private rows(who: number) { return this.isMerged ? [0, 1] : [who] }

  /** Takes an amount out of usable lots, the earliest day first. */
  private spend(who: number, amount: number): { uses: [Lot, number][], missing: number } {
    const usable = this.lots.filter(lot => this.rows(who).includes(lot.who) && lot.remaining > 0 && (lot.lastDay ?? 0) >= 0)
      .sort((one, other) => (one.lastDay ?? Infinity) === (other.lastDay ?? Infinity) ? one.id - other.id : (one.lastDay ?? Infinity) - (other.lastDay ?? Infinity))
    let missing = amount
    const uses = usable.map((lot): [Lot, number] => {
      const taken = Math.min(missing, lot.remaining)
      missing -= taken
      return [lot, taken]
    }).filter(([, taken]) => taken > 0)
    return { uses, missing }
  }

  private async reverse(which: number) {
    const grant = this.grants[which % (this.grants.length || 1)]
    if (!grant) return
    // A grant is taken back from the learner that it was posted for, who is the kept row while the rows are one.
    await this.sql`select private.reverse_credit(${grant.id}, 'model')`
    if (grant.isReversed) return
    grant.isReversed = true
    const back = grant.lot.amount - grant.lot.endedUnused
    const own = Math.min(back, grant.lot.remaining)
    grant.lot.remaining -= own
    const [row] = await this.sql`select person_id from public.credit_postings where reverses = ${grant.id}`
    const { uses, missing } = this.spend(Number(row!.person_id) === Number(this.people[0]!.id) ? 0 : 1, back - own)
    for (const [lot, taken] of uses) lot.remaining -= taken
    this.owed[grant.lot.who]! += missing
  }

  private async hold() {
    const [item] = await this.sql`insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits) values (${this.unit}, 'honour', '荣誉', 'Honour', ${PRICE}) returning id`
    this.items.push(item!.id)
    await this.sql`select private.move_stock(${item!.id}, 1, null)`
    const { uses, missing } = this.spend(0, PRICE * POINTS)
    const claims = JSON.stringify({ role: 'authenticated', sub: this.people[0]!.account })
    const asked = this.sql.savepoint(async (inner) => {
      await inner`select set_config('request.jwt.claims', ${claims}, true)`
      return inner`select public.hold_reward(${item!.id}) as id`
    })
    if (missing) {
      await expect(asked).rejects.toMatchObject({ message: 'points_too_few' })
      return
    }
    const [row] = await asked
    for (const [lot, taken] of uses) lot.remaining -= taken
    this.holds.push({ id: row!.id as number, uses, isOpen: true })
  }

  private async giveBack(which: number) {
    const hold = this.openHold(which)
    if (!hold) return
    await this.sql`select private.end_hold(${hold.id}, 'returned')`
    hold.isOpen = false
    for (const [lot, taken] of hold.uses) lot.remaining += taken
    this.repay(0)
  }

  private async collect(which: number) {
    const hold = this.openHold(which)
    if (!hold) return
    await this.sql`select private.end_hold(${hold.id}, 'collected')`
    hold.isOpen = false
  }

  private openHold(which: number) {
    const open = this.holds.filter(({ isOpen }) => isOpen)
    return open[which % (open.length || 1)]
  }

  private async end() {
    const over = this.lots.filter(lot => (lot.lastDay ?? 0) < 0 && lot.remaining > 0)
    expect((await this.sql`select private.end_points() as count`)[0]!.count).toBe(over.length)
    for (const lot of over) {
      lot.endedUnused += lot.remaining
      lot.remaining = 0
    }
  }

  private async merge() {
    this.isMerged = !this.isMerged
    const into = this.isMerged ? this.people[0]!.id : null
    await this.sql`update public.persons set merged_into = ${into}, counts_as = ${into} where id = ${this.people[1]!.id}`
  }
}

let own: typeof pool
beforeAll(async () => { own = await pristinePool('points_model') })

it('after any commands, every lot and every debt is the model’s and no invariant is broken', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 60, maxLength: 60 }), commands => withRollback(async (sql) => {
    const run = await Run.begin(sql)
    for (const one of commands) await run.do(one)
    const lots = await sql`select id, remaining from public.credit_lots order by id`
    expect(lots.map(row => [row.id, row.remaining])).toEqual(run.lots.map(({ id, remaining }) => [id, remaining]))
    for (const [who, person] of run['people'].entries()) {
      const [row] = await sql`select coalesce(sum(-state.balance), 0)::integer as owed from public.credit_accounts account
        join public.credit_account_states state on state.account_id = account.id
        where account.person_id = ${person.id} and account.measure = 'points' and account.role = 'shortfall'`
      expect(row!.owed).toBe(run.owed[who])
    }
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  }, own)), { numRuns: RUNS, endOnFailure: true })
}, 240_000)
