// Sign-ups against a model: whoever signs up, alone or together, leaves, takes an offer or lets it lapse, and however the seats are
// changed meanwhile, everybody's status, the places in the line and the counters are the model's, and no invariant is broken.
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { makeSchool, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, type Person, type pool, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

const RUNS = Math.ceil(Number(process.env.LINXUE_MODEL_RUNS ?? 200) / 4)
const PEOPLE = 7

interface Signup { id: number, who: number, party: number, status: string, priority: number }

const which = fc.nat(50)
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('sign' as const), who: fc.uniqueArray(fc.nat(PEOPLE - 1), { minLength: 1, maxLength: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('answer' as const), which, takes: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lapse' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('seats' as const), seats: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('priority' as const), which, priority: fc.nat(3) }) },
)
type Command = typeof command extends fc.Arbitrary<infer One> ? One : never

class Run {
  private readonly signups: Signup[] = []
  private seats = 2

  private constructor(private readonly sql: Transaction, private readonly as: As, private readonly school: School, private readonly people: Person[],
    private readonly pool: number, private readonly activity: number) {}

  static async begin(sql: Transaction, as: As): Promise<Run> {
    const school = await makeSchool(sql)
    const people: Person[] = []
    for (let n = 0; n < PEOPLE; n++) people.push(await makePerson(sql, school.places.willow))
    const { pools, activityId } = await publish(sql, as, school)
    return new Run(sql, as, school, people, pools[0]!, activityId)
  }

  async do(one: Command): Promise<void> {
    if (one.kind === 'sign') return this.sign(one.who)
    if (one.kind === 'seats') return this.setSeats(one.seats)
    if (one.kind === 'cancel') return this.cancel(one.which)
    if (one.kind === 'answer') return this.answer(one.which, one.takes)
    if (one.kind === 'lapse') return this.lapse(one.which)
    return this.prefer(one.which, one.priority)
  }

  private async sign(who: number[]) {
    const ids = who.map(one => this.people[one]!.id)
    const fresh = who.filter(one => !this.active.some(signup => signup.who === one))
    const done = this.as(this.school.manager.account, sql => sql`select signup_id, person_id, status, is_new from public.sign_up(${this.pool}, ${ids}::bigint[], 'present')`)
    if (fresh.length > this.seats) return void await expect(done).rejects.toMatchObject({ message: 'party_too_large' })
    const rows = await done
    const status = fresh.length <= this.free ? 'confirmed' : 'waiting'
    expect(rows.filter(row => row.is_new).map(row => row.person_id).sort()).toEqual(fresh.map(one => this.people[one]!.id).sort())
    const made = rows.filter(row => row.is_new).map(row => row.signup_id as number)
    for (const row of rows.filter(row => row.is_new)) {
      this.signups.push({ id: row.signup_id, who: this.people.findIndex(person => person.id === row.person_id), party: Math.min(...made), status, priority: 0 })
    }
  }

  private async cancel(which: number) {
    const signup = this.pick(which, ['confirmed', 'waiting', 'offered'])
    if (!signup) return
    await this.as(this.people[signup.who]!.account, sql => sql`select public.cancel_signup(${signup.id})`)
    signup.status = 'cancelled'
    this.offer()
  }

  private async answer(which: number, takes: boolean) {
    const signup = this.pick(which, ['offered'])
    if (!signup) return
    await this.as(this.people[signup.who]!.account, sql => sql`select public.answer_offer(${signup.id}, ${takes})`)
    for (const mate of this.mates(signup, 'offered')) mate.status = takes ? 'confirmed' : 'declined'
    this.offer()
  }

  private async lapse(which: number) {
    const signup = this.pick(which, ['offered'])
    if (!signup) return
    await this.sql`update public.signups set offer_ends_at = now() - interval '1 minute' where party_id = ${signup.party} and status = 'offered'`
    await this.sql`select private.lapse_offers()`
    for (const mate of this.mates(signup, 'offered')) mate.status = 'lapsed'
    this.offer()
  }

  private async setSeats(seats: number) {
    const done = this.as(this.school.manager.account, async (sql) => {
      const [{ version }] = await sql`select version from public.activities where id = ${this.activity}` as unknown as [{ version: number }]
      const [session] = await sql`select id, starts_at, ends_at from public.activity_sessions where activity_id = ${this.activity}`
      await sql`select public.save_activity(${this.school.places.school}, ${this.activity}, ${version},
        ${sql.json({ title: '智能手机入门', kind: 'training', form: 'training', category: 'digital', venue: '柳溪社区学校', phone: '0572 123456', signUp: 'session' })},
        ${sql.json([{ id: session!.id, startsAt: session!.starts_at, endsAt: session!.ends_at, capacity: seats }])})`
    })
    if (seats < this.count('confirmed') + this.count('offered')) return void await expect(done).rejects.toMatchObject({ message: 'capacity_below_taken' })
    await done
    this.seats = seats
    this.offer()
  }

  private async prefer(which: number, priority: number) {
    const signup = this.pick(which, ['waiting'])
    if (!signup) return
    await this.as(this.school.manager.account, sql => sql`select public.set_signup_priority(${signup.id}, ${priority}, '行动不便')`)
    for (const mate of this.mates(signup, 'waiting')) mate.priority = priority
  }

  /** Free seats go to the first party in the line that fits. */
  private offer() {
    for (;;) {
      const first = this.line.find(({ members }) => members.length <= this.free)
      if (!first) return
      for (const one of first.members) one.status = 'offered'
    }
  }

  async check(): Promise<void> {
    const rows = await this.as(this.school.manager.account, sql => sql`select signup_id, status, place from public.signups_of_activity(${this.activity})`)
    const places = new Map<number, number>()
    let people = 0
    for (const { members } of this.line) {
      people += members.length
      for (const { id } of members) places.set(id, people)
    }
    const byId = (a: { id: number }, b: { id: number }) => a.id - b.id
    expect(rows.map(row => ({ id: row.signup_id as number, status: row.status as string, place: row.place as number | null })).sort(byId))
      .toEqual(this.signups.map(({ id, status }) => ({ id, status, place: places.get(id) ?? null })).sort(byId))
    expect(await this.sql`select capacity, taken, held, waiting from public.seat_pools where id = ${this.pool}`)
      .toEqual([{ capacity: this.seats, taken: this.count('confirmed'), held: this.count('offered'), waiting: this.count('waiting') }])
    expect(await this.sql`select * from private.seat_faults()`).toEqual([])
  }

  private get active() { return this.signups.filter(one => ['confirmed', 'waiting', 'offered'].includes(one.status)) }
  private get free() { return this.seats - this.count('confirmed') - this.count('offered') }
  private get line() {
    const parties = Map.groupBy(this.signups.filter(one => one.status === 'waiting'), one => one.party)
    return [...parties].map(([party, members]) => ({ party, members, priority: Math.max(...members.map(one => one.priority)) }))
      .sort((a, b) => b.priority - a.priority || a.party - b.party)
  }

  private count(status: string) { return this.signups.filter(one => one.status === status).length }
  private mates({ party }: Signup, status: string) { return this.signups.filter(one => one.party === party && one.status === status) }
  private pick(which: number, statuses: string[]) {
    const found = this.signups.filter(one => statuses.includes(one.status))
    return found[which % (found.length || 1)]
  }
}

let own: typeof pool
beforeAll(async () => { own = await pristinePool('signups_model') })

it('after any commands, every sign-up, place and counter is the model’s and no invariant is broken', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 40 }), commands => withRollback(async (sql, as) => {
    const run = await Run.begin(sql, as)
    for (const one of commands) {
      await run.do(one)
      await run.check()
    }
  }, own)), { numRuns: RUNS })
}, 240_000)
