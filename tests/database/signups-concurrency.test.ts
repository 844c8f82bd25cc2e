// Many at once for few seats. First that the race is real: counting, then taking, sells more than there is. Then that ours never
// does, with more clients than there are seats, and in every order in which two of them can meet.
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeSchool, planOf, publish, type Plan, type School } from '../fixtures/activities.ts'
import { type As, committedAs, makePerson, type Person, type pool, type Sql, type Transaction } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

const CLIENTS = 64
let sql: typeof pool
let school: School
let people: Person[]
const as: As = (who, call) => committedAs(who, call, sql)

beforeAll(async () => {
  sql = await pristinePool('signups_concurrency', CLIENTS + 4)
  school = await makeSchool(sql)
  people = await Promise.all(Array.from({ length: CLIENTS }, () => makePerson(sql, school.places.willow)))
})
afterEach(async () => expect(await sql`select * from private.seat_faults()`).toEqual([]))

const open = async (plan: Plan) => publish(sql, as, school, plan)
const signUp = (one: Sql, poolId: number, who: Person) => one`select status, place, signup_id from public.sign_up(${poolId}, ${[who.id]}::bigint[])`
const statuses = async (poolId: number) => Object.fromEntries((await sql`select status, count(*)::integer as people from public.signups where pool_id = ${poolId} group by status`)
  .map(row => [row.status, row.people]))

/** A second seat for a session that had one, by whoever plans it. */
async function addSeat(one: Transaction, activityId: number): Promise<void> {
  const { fields, seats } = planOf({ seats: 2 })
  const sessions = await one`select id, starts_at as "startsAt", ends_at as "endsAt", 2 as capacity from public.activity_sessions where activity_id = ${activityId}`
  await one`select public.save_activity(${school.places.school}, ${activityId}, (select version from public.activities where id = ${activityId}), ${one.json(fields as never)}, ${one.json(sessions as never)}, ${seats})`
}

/** Makes a call, as somebody or as the job, in a transaction that stays open until it is let go. */
async function holding<T>(who: Person | null, call: (one: Transaction) => Promise<T>): Promise<{ result: T, commit: () => Promise<void> }> {
  let commit!: () => void
  const released = new Promise<void>((resolve) => { commit = resolve })
  let done!: Promise<void>
  const result = await new Promise<T>((resolve, reject) => {
    const work = async (one: Transaction) => {
      resolve(await call(one))
      await released
    }
    done = who ? as(who.account, work) : sql.begin(work).then(() => undefined)
    done.catch(reject)
  })
  return { result, commit: () => (commit(), done) }
}

/** Waits until somebody waits for a lock, and how long that is is nobody's business. */
async function somebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await sql`select count(*)::integer as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    if (row!.waiting > 0) return
  }
}

describe('the race', () => {
  it('is real: who counts and then takes sells more than there is', async () => {
    const { pools: [poolId] } = await open({ seats: 10 })
    await Promise.all(people.map((person, n) => sql.begin(async (one) => {
      const [{ taken }] = await one`select count(*)::integer as taken from public.signups where pool_id = ${poolId!} and status = 'confirmed'` as unknown as [{ taken: number }]
      if (taken >= 10) return
      await one`select pg_sleep(0.02)`
      const id = 1_000_000 + n
      await one`insert into public.signups (id, pool_id, person_id, party_id, status) values (${id}, ${poolId!}, ${person.id}, ${id}, 'confirmed')`
    })))
    expect((await statuses(poolId!)).confirmed).toBeGreaterThan(10)
    await sql`delete from public.signups where pool_id = ${poolId!}`
  })
})

describe('seats', () => {
  it('are one for whoever turns out, while waiting, to be somebody who has one', async () => {
    const { pools: [poolId] } = await open({ seats: 3 })
    const [kept, double] = [await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow)]
    const [seat] = await as(kept.account, one => signUp(one, poolId!, kept))
    const merging = await holding(null, async (one) => {
      await one`select from public.seat_pools where id = ${poolId!} for no key update`
      await one`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${double.id}`
    })
    const joining = as(double.account, one => signUp(one, poolId!, double))
    await somebodyWaits()
    await merging.commit()
    expect(await joining).toEqual([seat])
    expect(await statuses(poolId!)).toEqual({ confirmed: 1 })
  })

  it('are taken by as many as there are, and everybody else waits at a place of their own', async () => {
    const { pools: [poolId] } = await open({ seats: 10 })
    const answers = (await Promise.all(people.map(person => as(person.account, one => signUp(one, poolId!, person))))).flat()
    expect(answers.filter(one => one.status === 'confirmed')).toHaveLength(10)
    expect(answers.filter(one => one.status === 'waiting').map(one => one.place).sort((a, b) => a - b)).toEqual(Array.from({ length: CLIENTS - 10 }, (_, n) => n + 1))
  })

  it('pressed by one person many times at once are one', async () => {
    const { pools: [poolId] } = await open({ seats: 10 })
    const answers = (await Promise.all(Array.from({ length: 16 }, () => as(people[0]!.account, one => signUp(one, poolId!, people[0]!))))).flat()
    expect(new Set(answers.map(one => one.signup_id)).size).toBe(1)
    expect(await statuses(poolId!)).toEqual({ confirmed: 1 })
  })

  it('stay right while everybody signs up, leaves, swaps and answers at once', async () => {
    const { pools, activityId } = await open({ seats: 7, startsIn: [72, 96] })
    let dice = 1
    const draw = (below: number) => (dice = dice * 48_271 % 2_147_483_647) % below
    const refusals = new Set<string>()
    await Promise.all(people.map(async (person) => {
      for (let round = 0; round < 5; round++) {
        const mine = await sql`select signup.id, signup.status from public.signups signup join public.seat_pools pool on pool.id = signup.pool_id where pool.activity_id = ${activityId}
          and signup.person_id = ${person.id} and signup.ended_at is null`
        const one = mine[draw(mine.length || 1)]
        await as(person.account, (own) => {
          if (!one) return signUp(own, pools[draw(2)]!, person)
          if (one.status === 'offered') return own`select public.answer_offer(${one.id}, ${draw(3) > 0})`
          return draw(2) ? own`select public.cancel_signup(${one.id})` : own`select public.swap_session(${one.id}, ${pools[draw(2)]!})`
        }).catch((error: { code: string, message: string }) => refusals.add(`${error.code} ${error.message}`))
      }
    }))
    // Whoever was overtaken is told so; nobody deadlocks.
    for (const refusal of refusals) expect(refusal).toMatch(/^PT40[49] (no_offer|offer_lapsed|session_full|session_unknown|signup_not_confirmed|signed_up_there|signup_unknown)$/)
    const [{ busy }] = await sql`select count(*)::integer as busy from public.signup_events event join public.signups signup on signup.id = event.signup_id
      join public.seat_pools pool on pool.id = signup.pool_id where pool.activity_id = ${activityId}` as unknown as [{ busy: number }]
    expect(busy).toBeGreaterThan(CLIENTS)
  })
})

describe('two who meet', () => {
  const [first, second] = [() => people[0]!, () => people[1]!]
  const full = async () => {
    const { pools: [poolId], activityId } = await open({ seats: 1 })
    const [signup] = await as(first().account, one => signUp(one, poolId!, first()))
    return { poolId: poolId!, activityId, signupId: signup!.signup_id as number }
  }

  it('one leaves, the other takes: the newcomer has the seat', async () => {
    const { poolId, signupId } = await full()
    const leaving = await holding(first(), one => one`select public.cancel_signup(${signupId})`)
    const taking = as(second().account, one => signUp(one, poolId, second()))
    await somebodyWaits()
    await leaving.commit()
    expect((await taking)[0]!.status).toBe('confirmed')
  })

  it('one begins to wait, the other leaves: the seat is offered, and nobody waits beside it', async () => {
    const { poolId, signupId } = await full()
    const waiting = await holding(second(), one => signUp(one, poolId, second()))
    expect(waiting.result[0]!.status).toBe('waiting')
    const leaving = as(first().account, one => one`select public.cancel_signup(${signupId})`)
    await somebodyWaits()
    await waiting.commit()
    await leaving
    expect(await statuses(poolId)).toEqual({ cancelled: 1, offered: 1 })
  })

  const offered = async () => {
    const { poolId, signupId } = await full()
    const [waiting] = await as(second().account, one => signUp(one, poolId, second()))
    await as(first().account, one => one`select public.cancel_signup(${signupId})`)
    return { poolId, offerId: waiting!.signup_id as number }
  }

  it('an offer lapses, the other takes it: too late, in words', async () => {
    const { poolId, offerId } = await offered()
    await sql`update public.signups set offer_ends_at = now() - interval '1 second' where id = ${offerId}`
    const lapsing = await holding(null, one => one`select private.lapse_offers()`)
    // Listened to from the start: it is refused while the other commits.
    const taking = expect(as(second().account, one => one`select public.answer_offer(${offerId}, true)`)).rejects.toMatchObject({ message: 'offer_lapsed' })
    await somebodyWaits()
    await lapsing.commit()
    await taking
    expect(await statuses(poolId)).toEqual({ cancelled: 1, lapsed: 1 })
  })

  it('an offer is taken in its last moment, the job comes: the seat stays taken', async () => {
    const { poolId, offerId } = await offered()
    await sql`update public.signups set offer_ends_at = clock_timestamp() + interval '1 second' where id = ${offerId}`
    const taking = await holding(second(), one => one`select public.answer_offer(${offerId}, true)`)
    await sql`select pg_sleep(1.2)`
    const lapsing = sql`select private.lapse_offers() as lapsed`
    const asked = lapsing.execute()
    await somebodyWaits()
    await taking.commit()
    expect((await asked)[0]!.lapsed).toBe(0)
    expect(await statuses(poolId)).toEqual({ cancelled: 1, confirmed: 1 })
  })

  it('an activity is called off, the other signs up: refused with the reason, or told and out', async () => {
    const { poolId, activityId } = await full()
    const cancelling = await holding(school.manager, one => one`select public.cancel_activity(${activityId}, '老师生病')`)
    const late = expect(as(second().account, one => signUp(one, poolId, second()))).rejects.toMatchObject({ message: 'activity_cancelled' })
    await somebodyWaits()
    await cancelling.commit()
    await late

    const other = await full()
    const early = await holding(second(), one => signUp(one, other.poolId, second()))
    const off = as(school.manager.account, one => one`select public.cancel_activity(${other.activityId}, '老师生病')`)
    await somebodyWaits()
    await early.commit()
    await off
    expect(await statuses(other.poolId)).toEqual({ cancelled: 2 })
    expect(await sql`select count(*)::integer as told from public.notices where activity_id = ${other.activityId} and kind = 'activity_cancelled'`).toEqual([{ told: 2 }])
  })

  it('swap against each other: both change, and never in a circle', async () => {
    const { pools: [here, there] } = await open({ seats: 2, startsIn: [72, 96] })
    const [[mine], [theirs]] = await Promise.all([as(first().account, one => signUp(one, here!, first())), as(second().account, one => signUp(one, there!, second()))])
    await Promise.all([
      as(first().account, one => one`select public.swap_session(${mine!.signup_id}, ${there!})`),
      as(second().account, one => one`select public.swap_session(${theirs!.signup_id}, ${here!})`),
    ])
    expect(await Promise.all([here!, there!].map(statuses))).toEqual([{ cancelled: 1, confirmed: 1 }, { cancelled: 1, confirmed: 1 }])
  })

  it('wait for each other’s session with a seat of their own: both have one all the time, and change in the end', async () => {
    const { pools } = await open({ seats: 2, startsIn: [72, 96] })
    const [here, there] = pools as [number, number]
    const seats = await Promise.all(([[0, here], [1, there], [2, here], [3, there]] as const).map(async ([who, pool]) => (await as(people[who]!.account, one => signUp(one, pool, people[who]!)))[0]!.signup_id as number))
    const wait = (who: number, pool: number) => as(people[who]!.account, one => one`select public.wait_for_session(${seats[who]!}, ${pool})`)
    await Promise.all([wait(0, there), wait(1, here), wait(0, there), wait(1, here)])
    // Whose seats these are leave, and others come, in the same moment.
    await Promise.all([2, 3].map(who => as(people[who]!.account, one => one`select public.cancel_signup(${seats[who]!})`)))
    const offers = await sql`select id, person_id from public.signups where pool_id in ${sql([here, there])} and status = 'offered' order by person_id`
    expect(offers.map(one => one.person_id)).toEqual([people[0]!.id, people[1]!.id])
    await Promise.all([
      ...offers.flatMap((offer, who) => [0, 1].map(() => as(people[who]!.account, one => one`select public.answer_offer(${offer.id}, true)`))),
      ...[4, 5, 6].map(who => as(people[who]!.account, one => signUp(one, who % 2 ? here : there, people[who]!))),
    ])
    const now = await sql`select person_id, pool_id from public.signups where pool_id in ${sql([here, there])} and status = 'confirmed' and person_id in ${sql([people[0]!.id, people[1]!.id])} order by person_id`
    expect(now).toEqual([{ person_id: people[0]!.id, pool_id: there }, { person_id: people[1]!.id, pool_id: here }])
  })
})

describe('two who meet at one offer', () => {
  const [first, second, third] = [() => people[0]!, () => people[1]!, () => people[2]!]
  interface Met { poolId: number, offerId: number, activityId: number }
  type Step = [who: (() => Person) | null, call: (one: Transaction, met: Met) => Promise<unknown>]
  const join: Step = [third, (one, { poolId }) => signUp(one, poolId, third())]
  const take: Step = [second, (one, { offerId }) => one`select public.answer_offer(${offerId}, true)`]
  const decline: Step = [second, (one, { offerId }) => one`select public.answer_offer(${offerId}, false)`]
  const cancel: Step = [second, (one, { offerId }) => one`select public.cancel_signup(${offerId})`]
  const lapse: Step = [null, one => one`select private.lapse_offers()`]
  const raise: Step = [() => school.manager, (one, { activityId }) => addSeat(one, activityId)]
  /** What happens, who comes first, who meets it, who has what besides the seat that was left, and how the second is refused. */
  type Meeting = [what: string, one: Step, other: Step, rest: Record<string, number>, refusal: string | null]

  /** One seat, left by the first and offered to the second, behind whom the third may wait. */
  async function offered(thirdWaits = false): Promise<Met> {
    const { pools: [poolId], activityId } = await open({ seats: 1 })
    const [seat] = await as(first().account, one => signUp(one, poolId!, first()))
    const [offer] = await as(second().account, one => signUp(one, poolId!, second()))
    if (thirdWaits) await as(third().account, one => signUp(one, poolId!, third()))
    await as(first().account, one => one`select public.cancel_signup(${seat!.signup_id})`)
    return { poolId: poolId!, activityId, offerId: offer!.signup_id as number }
  }
  /** The offer ends so long from now, which may be before. */
  const endsIn = ({ offerId }: Met, seconds: number) => sql`update public.signups set offer_ends_at = clock_timestamp() + ${seconds}::float * interval '1 second' where id = ${offerId}`

  /** The one holds the seats until the other waits for them; then it lets go. Answers how the other was refused, or null. */
  async function meet(met: Met, [oneWho, oneCall]: Step, [otherWho, otherCall]: Step, between?: () => Promise<unknown>): Promise<string | null> {
    const one = await holding(oneWho?.() ?? null, own => oneCall(own, met))
    await between?.()
    const call = (own: Transaction) => otherCall(own, met)
    const other = (otherWho ? as(otherWho().account, call) : sql.begin(call)).then(() => null, (error: Error) => error.message)
    await somebodyWaits()
    await one.commit()
    return other
  }

  it.each<Meeting>([
    ['a newcomer finds the seat of an offer that just lapsed', lapse, join, { lapsed: 1, confirmed: 1 }, null],
    ['a newcomer ends an offer whose time is over, and the job finds it done', join, lapse, { lapsed: 1, confirmed: 1 }, null],
  ])('%s', async (_, one, other, rest, refusal) => {
    const met = await offered()
    await endsIn(met, -1)
    expect(await meet(met, one, other)).toBe(refusal)
    expect(await statuses(met.poolId)).toEqual({ cancelled: 1, ...rest })
  })

  it.each<Meeting>([
    ['a newcomer waits behind an offer that is taken', take, join, { confirmed: 1, waiting: 1 }, null],
    ['a newcomer waits, and the offer before is taken', join, take, { confirmed: 1, waiting: 1 }, null],
    ['a newcomer has the seat that was declined', decline, join, { declined: 1, confirmed: 1 }, null],
    ['a newcomer waits, and is offered what is declined', join, decline, { declined: 1, offered: 1 }, null],
    ['an offer declined on one phone is not to be had on the other', decline, take, { declined: 1 }, 'no_offer'],
    ['an offer taken on one phone is not to be declined on the other', take, decline, { confirmed: 1 }, 'no_offer'],
    ['a seat more leaves an offer to be taken', raise, take, { confirmed: 1 }, null],
    ['an offer is taken, and a seat is added', take, raise, { confirmed: 1 }, null],
    ['a newcomer has the seat that is added beside an offer', raise, join, { offered: 1, confirmed: 1 }, null],
    ['a newcomer waits beside an offer, and is offered the seat that is added', join, raise, { offered: 2 }, null],
  ])('%s', async (_, one, other, rest, refusal) => {
    const met = await offered()
    expect(await meet(met, one, other)).toBe(refusal)
    expect(await statuses(met.poolId)).toEqual({ cancelled: 1, ...rest })
  })

  it.each<Meeting>([
    ['an offer given back on one phone is not to be had on the other; it goes to the next', cancel, take, { cancelled: 2, offered: 1 }, 'no_offer'],
    ['an offer taken on one phone and given back on the other goes to the next', take, cancel, { cancelled: 2, offered: 1 }, null],
    ['a declined offer goes to the next, once, also when it is given back as well', decline, cancel, { cancelled: 1, declined: 1, offered: 1 }, null],
    ['a seat is added for who waits, while the offer before is given back: both seats are the next one’s to have', raise, cancel, { cancelled: 2, offered: 1 }, null],
  ])('%s', async (_, one, other, rest, refusal) => {
    const met = await offered(true)
    expect(await meet(met, one, other)).toBe(refusal)
    expect(await statuses(met.poolId)).toEqual(rest)
  })

  it('an offer is given back in its last moment, the job comes: it went to the next already, once', async () => {
    const met = await offered(true)
    await endsIn(met, 1)
    expect(await meet(met, cancel, lapse, () => sql`select pg_sleep(1.2)`)).toBeNull()
    expect(await statuses(met.poolId)).toEqual({ cancelled: 2, offered: 1 })
  })

  it('an offer lapses, and is given back too late: that changes nothing, and the next has it', async () => {
    const met = await offered(true)
    await endsIn(met, -1)
    expect(await meet(met, lapse, cancel)).toBeNull()
    expect(await statuses(met.poolId)).toEqual({ cancelled: 1, lapsed: 1, offered: 1 })
  })
})

describe('two who meet at a full session', () => {
  const full = async () => {
    const { pools: [poolId], activityId } = await open({ seats: 1 })
    await as(people[0]!.account, one => signUp(one, poolId!, people[0]!))
    return { poolId: poolId!, activityId }
  }

  it('a seat is added, a newcomer comes: the seat is theirs', async () => {
    const { poolId, activityId } = await full()
    const adding = await holding(school.manager, one => addSeat(one, activityId))
    const joining = as(people[1]!.account, one => signUp(one, poolId, people[1]!))
    await somebodyWaits()
    await adding.commit()
    expect((await joining)[0]!.status).toBe('confirmed')
  })

  it('a newcomer begins to wait, a seat is added: it is offered', async () => {
    const { poolId, activityId } = await full()
    const joining = await holding(people[1]!, one => signUp(one, poolId, people[1]!))
    const adding = as(school.manager.account, one => addSeat(one, activityId))
    await somebodyWaits()
    await joining.commit()
    await adding
    expect(await statuses(poolId)).toEqual({ confirmed: 1, offered: 1 })
  })
})

describe('an adult who leaves while a child is added', () => {
  const family = async () => {
    const [mum, dad] = [people[2]!, people[3]!]
    const child = await makePerson(sql, school.places.willow, { name: '王小明', birthYear: new Date().getFullYear() - 8 })
    for (const parent of [mum, dad]) await sql`insert into public.guardians (child_id, guardian_id, relation, consent) values (${child.id}, ${parent.id}, 'mother', true)`
    const { pools: [poolId] } = await open({ seats: 5 })
    const [seat] = await as(mum.account, one => signUp(one, poolId!, mum))
    return { mum, dad, poolId: poolId!, leave: (one: Sql) => one`select public.cancel_signup(${seat!.signup_id as number})`, add: (one: Sql) => signUp(one, poolId!, child) }
  }

  it('is gone first: the child is not taken in', async () => {
    const { mum, dad, poolId, leave, add } = await family()
    const leaving = await holding(mum, leave)
    const adding = as(dad.account, add)
    const refusal = expect(adding).rejects.toMatchObject({ message: 'adult_needed' })
    await somebodyWaits()
    await leaving.commit()
    await refusal
    expect(await statuses(poolId)).toEqual({ cancelled: 1 })
  })

  it('comes second: is told of the child', async () => {
    const { mum, dad, poolId, leave, add } = await family()
    const adding = await holding(dad, add)
    const leaving = as(mum.account, leave)
    const refusal = expect(leaving).rejects.toMatchObject({ message: 'child_left_alone' })
    await somebodyWaits()
    await adding.commit()
    await refusal
    expect(await statuses(poolId)).toEqual({ confirmed: 2 })
  })
})

it('two desks that decide on one request at once: it is decided once and takes one seat', async () => {
  for (const second of [true, false]) {
    const { pools: [poolId] } = await open({ seats: 2, fields: { admission: 'approval' } })
    const [asked] = await as(people[0]!.account, one => signUp(one, poolId!, people[0]!))
    const results = await Promise.allSettled([school.manager, school.tutor].map((who, index) => as(who.account, one => one`select public.decide_signup(${asked!.signup_id}, ${index ? second : true}, '须先学入门班') as outcome`)))
    expect(results.map(result => result.status === 'fulfilled' ? 'done' : (result.reason as Error).message).sort()).toEqual(['done', 'signup_decided'])
    expect(await sql`select taken = (select count(*) from public.signups one where one.pool_id = pool.id and one.status = 'confirmed') as agrees from public.seat_pools pool where id = ${poolId!}`).toEqual([{ agrees: true }])
  }
})
