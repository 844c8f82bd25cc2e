// Drawing lots: once, not early, by the seed that was committed before, and so that anybody can draw again.
import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { redraw, sha256 } from '../../public/draw-check.mjs'
import { makeSchool, type Plan, publish, type School } from '../fixtures/activities.ts'
import { type As, committedAs, makePerson, type Person, type pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

interface Region { sql: Transaction, as: As, school: School, people: Person[] }
const inRegion = (test: (region: Region) => Promise<unknown>, people = 4) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const everybody: Person[] = []
  for (let n = 0; n < people; n++) everybody.push(await makePerson(sql, school.places.willow, { name: `居民${'甲乙丙丁戊己庚辛壬癸'[n % 10]}` }))
  await test({ sql, as, school, people: everybody })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const HOUR = 3_600_000
const lots = (plan: Plan = {}): Plan => ({ startsIn: [240], ...plan, fields: { admission: 'draw', closesAt: new Date(Date.now() + 24 * HOUR), ...plan.fields } })
const opened = ({ sql, as, school }: Pick<Region, 'sql' | 'as' | 'school'>, plan: Plan = {}) => publish(sql, as, school, lots(plan))
const enter = (as: As, school: School, poolId: number, people: Person[]) =>
  as(school.tutor.account, one => one`select * from public.sign_up(${poolId}, ${people.map(({ id }) => id)}::bigint[], 'phone')`)
const close = (sql: Sql, activityId: number) => sql`update public.activities set closes_at = now() - interval '1 minute' where id = ${activityId}`
const draw = (as: As, school: School, poolId: number) => as(school.tutor.account, one => one`select * from public.draw_seats(${poolId})`)
const published = async (as: As, code: string) => {
  const [row] = await as('anon', one => one`select public.draws_of_activity(${code}) as page`)
  return row!.page as { draws: Drawn[] }
}
interface Drawn { seed: string, seedHash: string, seats: number, numbers: number, algorithm: string, entrants: { number: number, size: number, rank: number, place: number | null, outcome: string }[] }
const refused = (code: string) => expect.objectContaining({ message: code })

/** The algorithm again, from its description alone. */
function byHand({ seed, seats, entrants }: Drawn) {
  const lot = (number: number) => createHash('sha256').update(`${seed}:${number}`).digest('hex')
  const order = entrants.filter(({ size }) => size).toSorted((a, b) => b.rank - a.rank || lot(a.number).localeCompare(lot(b.number), 'en'))
  let free = seats
  return order.map(({ number, size }, at) => {
    const outcome = size <= free ? 'seat' : 'line'
    if (outcome === 'seat') free -= size
    return { number, place: at + 1, outcome }
  })
}
const asPublished = ({ entrants }: Drawn) => entrants.filter(one => one.place).toSorted((a, b) => a.place! - b.place!).map(({ number, place, outcome }) => ({ number, place, outcome }))

describe('before the draw', () => {
  it('the hash of the seed is there before anybody enters, and the seed is not', () => inRegion(async ({ sql, as, school, people }) => {
    const { code, pools: [poolId] } = await opened({ sql, as, school })
    const before = await published(as, code)
    expect(before.draws).toMatchObject([{ numbers: 0, seed: null, drawnAt: null, entrants: null }])
    expect(before.draws[0]!.seedHash).toMatch(/^[0-9a-f]{64}$/)
    await expect(as(school.manager.account, one => one`select seed from private.draw_seeds`)).rejects.toMatchObject({ code: '42501' })
    expect(await enter(as, school, poolId!, [people[0]!])).toMatchObject([{ status: 'asked', place: null }])
    expect(await as(people[0]!.account, one => one`select number, place, outcome from public.my_draw_entries()`)).toEqual([{ number: 1, place: null, outcome: null }])
    await expect(as(school.manager.account, one => one`select public.decide_signup((select min(id) from public.signups where pool_id = ${poolId!}), true)`)).rejects.toEqual(refused('draw_decides'))
  }))

  it('it is not drawn early, by strangers, or where there is nothing to draw', () => inRegion(async ({ sql, as, school, people }) => {
    const { pools: [poolId], activityId } = await opened({ sql, as, school })
    await enter(as, school, poolId!, [people[0]!])
    await expect(draw(as, school, poolId!)).rejects.toEqual(refused('draw_too_early'))
    await close(sql, activityId)
    await expect(as(people[0]!.account, one => one`select public.draw_seats(${poolId!})`)).rejects.toEqual(refused('session_unknown'))
    await expect(as('anon', one => one`select public.draw_seats(${poolId!})`)).rejects.toMatchObject({ code: '42501' })
    const plain = await publish(sql, as, school)
    await expect(draw(as, school, plain.pools[0]!)).rejects.toEqual(refused('no_draw'))
  }))

  it('nobody enters late, not even past the function', () => inRegion(async ({ sql, as, school, people }) => {
    const { pools: [poolId], activityId } = await opened({ sql, as, school })
    const [entered] = await enter(as, school, poolId!, [people[0]!])
    await close(sql, activityId)
    await expect(enter(as, school, poolId!, [people[1]!])).rejects.toEqual(refused('signup_closed'))
    await expect(sql.savepoint(one => one`insert into public.draw_entries (pool_id, number, party_id) values (${poolId!}, 2, ${entered!.signup_id})`)).rejects.toEqual(refused('signup_closed'))
  }))

  const window = async ({ sql, as, school }: Region, activityId: number, fields: object) => {
    const [row] = await sql`select version from public.activities where id = ${activityId}`
    const sessions = await sql`select id, starts_at as "startsAt", ends_at as "endsAt", 2 as capacity from public.activity_sessions where activity_id = ${activityId}`
    const plan = { title: '智能手机入门', kind: 'training', form: 'training', category: 'digital', venue: '柳溪社区学校', phone: '0572 123456', signUp: 'session', admission: 'draw', ...fields }
    return as(school.manager.account, one => one`select public.save_activity(${school.places.school}, ${activityId}, ${row!.version}, ${one.json(plan as never)}, ${one.json(sessions as never)})`)
  }
  it('the window may move while it is open, and never once it is over', () => inRegion(async (region) => {
    const { activityId } = await opened(region)
    await window(region, activityId, { closesAt: new Date(Date.now() + 48 * HOUR) })
    await expect(window(region, activityId, { closesAt: new Date(Date.now() - HOUR) })).rejects.toEqual(refused('draw_closes_in_past'))
    await expect(window(region, activityId, { closesAt: new Date(Date.now() + 240 * HOUR) })).rejects.toEqual(refused('draw_closes_late'))
    await expect(window(region, activityId, {})).rejects.toEqual(refused('draw_window_missing'))
    await close(region.sql, activityId)
    await expect(window(region, activityId, { closesAt: new Date(Date.now() + 48 * HOUR) })).rejects.toEqual(refused('draw_window_stays'))
  }))
})

describe('a draw', () => {
  it('seats, lines up the rest, tells everybody, and is not drawn again', () => inRegion(async ({ sql, as, school, people }) => {
    const { code, pools: [poolId], activityId } = await opened({ sql, as, school }, { seats: 2 })
    for (const person of people) await enter(as, school, poolId!, [person])
    const [left] = await as(people[3]!.account, one => one`select signup_id from public.my_signups()`)
    await as(people[3]!.account, one => one`select public.cancel_signup(${left!.signup_id})`)
    await close(sql, activityId)
    expect(await draw(as, school, poolId!)).toEqual([{ seated: 2, waiting: 1 }])
    await expect(draw(as, school, poolId!)).rejects.toEqual(refused('drawn_already'))
    const page = await published(as, code)
    const [drawn] = page.draws
    expect(drawn!.entrants.map(one => one.outcome).sort()).toEqual(['line', 'seat', 'seat', 'withdrawn'])
    expect(JSON.stringify(page)).not.toMatch(/居民/)
    expect(asPublished(drawn!)).toEqual(byHand(drawn!))
    expect(await redraw(drawn!)).toMatchObject({ faults: [] })
    expect((await sql`select kind from public.notices where activity_id = ${activityId}`).map(one => one.kind).sort()).toEqual(['draw_line', 'draw_seat', 'draw_seat'])
    expect(await sql`select unit_id from public.audit_events where action = 'seats_drawn'`).toEqual([{ unit_id: school.places.school }])
    await expect(sql.savepoint(one => one`update public.draw_entries set outcome = 'seat' where pool_id = ${poolId!} and outcome = 'line'`)).rejects.toEqual(refused('drawn_already'))
    await expect(sql.savepoint(one => one`update public.draws set drawn_at = null, seed = null, seats = null where pool_id = ${poolId!}`)).rejects.toEqual(refused('drawn_already'))
    await expect(sql.savepoint(one => one`delete from public.draws where pool_id = ${poolId!}`)).rejects.toEqual(refused('drawn_already'))
  }))

  it('offers a seat that is given back in the order that was drawn, not in that of signing up', () => inRegion(async ({ sql, as, school, people }) => {
    const { code, pools: [poolId], activityId } = await opened({ sql, as, school }, { seats: 1 })
    for (const person of people) await enter(as, school, poolId!, [person])
    await close(sql, activityId)
    await draw(as, school, poolId!)
    const line = asPublished((await published(as, code)).draws[0]!)
    for (let place = 0; place < 3; place++) {
      const holder = people[line[place]!.number - 1]!
      const [mine] = await as(holder.account, one => one`select signup_id, status, place from public.my_signups()`)
      expect(mine).toMatchObject({ status: place === 0 ? 'confirmed' : 'offered' })
      const [next] = await as(people[line[place + 1]!.number - 1]!.account, one => one`select status, place from public.my_signups()`)
      expect(next).toEqual({ status: 'waiting', place: 1 })
      await as(holder.account, one => place === 0 ? one`select public.cancel_signup(${mine!.signup_id})` : one`select public.answer_offer(${mine!.signup_id}, false)`)
    }
  }))

  it('is drawn by the portal when nobody has within twelve hours, or a day before the start, and not before', () => inRegion(async ({ sql, as, school, people }) => {
    const [early, old, near] = [await opened({ sql, as, school }), await opened({ sql, as, school }), await opened({ sql, as, school }, { startsIn: [20], fields: { closesAt: new Date(Date.now() + 2 * HOUR) } })]
    for (const { pools, activityId } of [early, old, near]) {
      await enter(as, school, pools[0]!, [people[0]!])
      await close(sql, activityId)
    }
    await sql`update public.activities set closes_at = now() - interval '13 hours' where id = ${old.activityId}`
    expect(await sql`select private.draw_due_pools() as drawn`).toEqual([{ drawn: 2 }])
    expect(await sql`select pool_id, drawn_by from public.draws where drawn_at is not null order by pool_id`).toEqual([old, near].map(one => ({ pool_id: one.pools[0], drawn_by: null })))
    expect(await sql`select private.draw_due_pools() as drawn`).toEqual([{ drawn: 0 }])
  }))

  it('ends with the activity: what is called off is not drawn', () => inRegion(async ({ sql, as, school, people }) => {
    const { pools: [poolId], activityId } = await opened({ sql, as, school })
    await enter(as, school, poolId!, [people[0]!])
    await as(school.manager.account, one => one`select public.cancel_activity(${activityId}, '老师生病')`)
    await close(sql, activityId)
    await expect(draw(as, school, poolId!)).rejects.toEqual(refused('activity_cancelled'))
    expect(await sql`select private.draw_due_pools() as drawn`).toEqual([{ drawn: 0 }])
  }))

  it('lets those who never came go first where the school wants it, and is drawn again the same', () => inRegion(async ({ sql, as, school, people }) => {
    const came = await publish(sql, as, school, { startsIn: [-3] })
    await as(school.tutor.account, one => one`select * from public.mark_attendance(${came.sessions[0]!}, ${one.json(people.slice(0, 3).map(({ id }) => ({ clientId: crypto.randomUUID(), personId: id, method: 'roster' })))})`)
    await as(school.tutor.account, one => one`select * from public.confirm_session(${came.sessions[0]!})`)
    const { code, pools: [poolId], activityId } = await opened({ sql, as, school }, { seats: 1, fields: { newcomers: 'first' } })
    for (const person of people) await enter(as, school, poolId!, [person])
    await close(sql, activityId)
    await draw(as, school, poolId!)
    const [drawn] = (await published(as, code)).draws
    expect(drawn!.entrants[3]).toMatchObject({ rank: 1, place: 1, outcome: 'seat' })
    expect(asPublished(drawn!)).toEqual(byHand(drawn!))
    expect(await redraw(drawn!)).toMatchObject({ faults: [] })
  }))
})

describe('drawing again', () => {
  it('gives what the database gave, for parties of any size and any seats, and never seats too many', () => fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 12 }), (asked, seats) => inRegion(async ({ sql, as, school, people }) => {
      // A party larger than all seats is refused before the lots.
      const sizes = asked.map(size => Math.min(size, seats))
      const { code, pools: [poolId], activityId } = await opened({ sql, as, school }, { seats })
      let from = 0
      for (const size of sizes) {
        await enter(as, school, poolId!, people.slice(from, from + size))
        from += size
      }
      await close(sql, activityId)
      await draw(as, school, poolId!)
      const [drawn] = (await published(as, code)).draws
      expect(drawn!.entrants.map(one => one.size)).toEqual(sizes)
      expect(asPublished(drawn!)).toEqual(byHand(drawn!))
      expect((await redraw(drawn!)).faults).toEqual([])
      const parties = await sql`select party_id, count(distinct status)::integer as ways from public.signups where pool_id = ${poolId!} group by party_id`
      expect(parties.every(party => party.ways === 1)).toBe(true)
      const [counted] = await sql`select taken, capacity from public.seat_pools where id = ${poolId!}`
      expect(counted!.taken).toBe(drawn!.entrants.filter(one => one.outcome === 'seat').reduce((sum, one) => sum + one.size, 0))
      expect(counted!.taken).toBeLessThanOrEqual(seats)
    }, 24)), { numRuns: 12 }), 120_000)

  it('gives the same for the same seed, and finds whatever was changed afterwards', () => fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.array(fc.record({ size: fc.integer({ min: 0, max: 5 }), rank: fc.constantFrom(0, 0, 0, 1, -1) }), { minLength: 2, maxLength: 30 }), fc.integer({ min: 0, max: 40 }), fc.nat(), async (bytes, list, seats, which) => {
      const seed = createHash('sha256').update(bytes).digest('hex')
      const bare = { algorithm: 'sha256-1', seed, seedHash: createHash('sha256').update(seed).digest('hex'), seats, numbers: list.length, entrants: list.map((one, at) => ({ number: at + 1, ...one, place: null, outcome: '' })) }
      const first = await redraw(bare)
      expect((await redraw(structuredClone(bare))).result).toEqual(first.result)
      const whole = { ...bare, entrants: bare.entrants.map((one, at) => ({ ...one, ...first.result[at] })) }
      expect((await redraw(whole)).faults).toEqual([])
      const seated = whole.entrants.filter(one => one.outcome === 'seat').reduce((sum, one) => sum + one.size, 0)
      expect(seated).toBeLessThanOrEqual(seats)
      const at = which % list.length
      const forged = structuredClone(whole)
      forged.entrants[at]!.outcome = forged.entrants[at]!.outcome === 'seat' ? 'line' : 'seat'
      expect((await redraw(forged)).faults).not.toEqual([])
      expect((await redraw({ ...whole, seed: `${seed}0` })).faults).toContainEqual({ what: 'seed' })
      expect((await redraw({ ...whole, entrants: whole.entrants.toSpliced(at, 1) })).faults.length).toBeGreaterThan(at === list.length - 1 ? -1 : 0)
    }), { numRuns: 60 }))

  it('works where a browser gives no hash of its own', async () => {
    const { crypto } = globalThis
    const texts = ['', 'abc', '种子:1', ...Array.from({ length: 130 }, (_, length) => randomBytes(length).toString('latin1'))]
    try {
      Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true })
      for (const text of texts) expect(await sha256(text)).toBe(createHash('sha256').update(text).digest('hex'))
    }
    finally { Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true }) }
  })
})

describe('many at once', () => {
  let sql: typeof pool
  const as: As = (who, call) => committedAs(who, call, sql)
  afterAll(() => sql?.end())

  it('draw, leave and sign up: one draw, nobody in late, everybody decided, no seat too many', async () => {
    sql = await pristinePool('draws_concurrency', 40)
    const school = await makeSchool(sql)
    const people = await Promise.all(Array.from({ length: 32 }, () => makePerson(sql, school.places.willow)))
    for (let round = 0; round < 4; round++) {
      const { pools: [poolId], activityId, code } = await opened({ sql: sql as unknown as Transaction, as, school }, { seats: 10 })
      const entered = people.slice(0, 24)
      const ids = new Map(await Promise.all(entered.map(async (person) => {
        const [row] = await as(person.account, one => one`select signup_id from public.sign_up(${poolId!}, ${[person.id]}::bigint[])`)
        return [person, row!.signup_id as number] as const
      })))
      // The window ends while they all press.
      await sql`update public.activities set closes_at = clock_timestamp() + interval '150 milliseconds' where id = ${activityId}`
      const refusals: string[] = []
      const later = () => new Promise(resolve => setTimeout(resolve, Math.random() * 300))
      const attempt = async (call: () => Promise<unknown>) => {
        await later()
        await call().then(() => undefined, (error: { message: string }) => refusals.push(error.message))
      }
      await Promise.all([
        ...people.slice(24).map(person => attempt(() => as(person.account, one => one`select * from public.sign_up(${poolId!}, ${[person.id]}::bigint[])`))),
        ...entered.slice(0, 8).map(person => attempt(() => as(person.account, one => one`select public.cancel_signup(${ids.get(person)!})`))),
        ...Array.from({ length: 6 }, () => attempt(() => draw(as, school, poolId!))),
      ])
      await draw(as, school, poolId!).catch((error: { message: string }) => refusals.push(error.message))
      expect(new Set(refusals).isSubsetOf(new Set(['signup_closed', 'draw_too_early', 'drawn_already']))).toBe(true)
      expect(await sql`select * from private.seat_faults()`).toEqual([])
      const [drawn] = (await published(as, code)).draws
      expect(asPublished(drawn!)).toEqual(byHand(drawn!))
      expect(await sql`select count(*)::integer as times from public.audit_events where action = 'seats_drawn' and subject_id = ${String(activityId)}`).toEqual([{ times: 1 }])
    }
  }, 60_000)
})
