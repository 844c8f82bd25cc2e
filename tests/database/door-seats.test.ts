// Seats at the door: walk-ins count, a chair more needs a reason, and whoever is offered or waits loses nothing by it.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School, type Seats } from '../fixtures/activities.ts'
import { type As, committedAs, makePerson, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

interface Region { sql: Transaction, as: As, school: School, people: Person[], seats: Seats }
const inRegion = (test: (region: Region) => Promise<unknown>, plan = {}) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const people: Person[] = []
  for (let n = 0; n < 4; n++) people.push(await makePerson(sql, school.places.willow, { name: `来客${'甲乙丙丁'[n]}` }))
  const seats = await publish(sql, as, school, { seats: 1, startsIn: [1], ...plan })
  await test({ sql, as, school, people, seats })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const mark = ({ as, school, seats }: Region, who: Person, more = {}) => as(school.tutor.account, async (one) => {
  const [row] = await one`select outcome from public.mark_attendance(${seats.sessions[0]!}, ${one.json([{ clientId: randomUUID(), personId: who.id, method: 'walk_in', ...more }] as never)})`
  return row!.outcome as string
})
const unmark = ({ as, school, seats }: Region, who: Person) => as(school.tutor.account, one => one`select public.unmark_attendance(${seats.sessions[0]!}, ${who.id})`)
const signUp = ({ as, seats }: Region, who: Person) => as(who.account, one => one`select status from public.sign_up(${seats.pools[0]!})`)
const pool = async ({ sql, seats }: Region) => (await sql`select capacity, taken, held from public.seat_pools where id = ${seats.pools[0]!}`)[0]
const statusOf = async ({ sql, seats }: Region, who: Person) => (await sql`select status from public.signups where pool_id = ${seats.pools[0]!} and person_id = ${who.id} order by id desc limit 1`)[0]?.status as string | undefined

describe('a walk-in', () => {
  it('takes a free seat, and beyond that is refused unless a chair is put in with a reason, which is logged', () => inRegion(async (region) => {
    const { sql, people: [one, two] } = region
    expect(await mark(region, one!)).toBe('in')
    expect(await pool(region)).toEqual({ capacity: 1, taken: 1, held: 0 })
    expect(await mark(region, two!)).toBe('full')
    expect(await sql`select count(*)::integer as marks from public.attendance_marks where session_id = ${region.seats.sessions[0]!}`).toEqual([{ marks: 1 }])
    expect(await mark(region, two!, { extra: '从外村赶来' })).toBe('in')
    expect(await pool(region)).toEqual({ capacity: 2, taken: 2, held: 0 })
    expect(await sql`select count(*)::integer as told from public.audit_events where action = 'seat_added' and subject_id = ${String(region.seats.sessions[0]!)}`).toEqual([{ told: 1 }])
    expect(await sql`select person_id, reason from public.door_seats where extra and session_id = ${region.seats.sessions[0]!}`).toEqual([{ person_id: two!.id, reason: '从外村赶来' }])
  }))

  it('that was a mistake gives the seat back, and the chair goes away', () => inRegion(async (region) => {
    const { people: [one, two] } = region
    await mark(region, one!)
    await mark(region, two!, { extra: '加一把椅子' })
    await unmark(region, two!)
    expect(await pool(region)).toEqual({ capacity: 1, taken: 1, held: 0 })
    await unmark(region, one!)
    expect(await pool(region)).toEqual({ capacity: 1, taken: 0, held: 0 })
    expect(await mark(region, two!)).toBe('in')
  }))

  it('that a device sends again after it was taken back at the desk takes no seat, and is said to be taken back', () => inRegion(async (region) => {
    const { people: [one, two] } = region
    const sent = { clientId: randomUUID(), device: '二楼' }
    await signUp(region, one!)
    expect(await mark(region, two!, sent)).toBe('in')
    expect(await mark(region, two!, sent)).toBe('in')
    expect(await pool(region)).toEqual({ capacity: 2, taken: 2, held: 0 })
    await unmark(region, two!)
    expect(await mark(region, two!, sent)).toBe('taken_back')
    expect(await pool(region)).toEqual({ capacity: 1, taken: 1, held: 0 })
    expect(await statusOf(region, two!)).toBe('cancelled')
  }))

  it('does not take the seat that is offered to somebody who waited; the one to whom it is offered does', () => inRegion(async (region) => {
    const { as, people: [one, two, three] } = region
    await signUp(region, one!)
    await signUp(region, two!)
    await as(one!.account, sql => sql`select public.cancel_signup(id) from public.signups where person_id = ${one!.id} and ended_at is null`)
    expect(await statusOf(region, two!)).toBe('offered')
    expect(await mark(region, three!)).toBe('full')
    expect(await mark(region, two!)).toBe('in')
    expect(await statusOf(region, two!)).toBe('confirmed')
    expect(await pool(region)).toEqual({ capacity: 1, taken: 1, held: 0 })
  }))

  it('who waits stays in the line when full, and after a chair was put in by mistake waits again', () => inRegion(async (region) => {
    const { people: [one, two] } = region
    await signUp(region, one!)
    await signUp(region, two!)
    expect(await mark(region, two!)).toBe('full')
    expect(await statusOf(region, two!)).toBe('waiting')
    expect(await mark(region, two!, { extra: '坐得下' })).toBe('in')
    expect(await statusOf(region, two!)).toBe('confirmed')
    await unmark(region, two!)
    expect(await statusOf(region, two!)).toBe('waiting')
    expect(await pool(region)).toEqual({ capacity: 1, taken: 1, held: 0 })
  }))

  it('once the session has begun takes what offers held', () => inRegion(async (region) => {
    const { sql, as, seats, people: [one, two, three] } = region
    await signUp(region, one!)
    await signUp(region, two!)
    await as(one!.account, one => one`select public.cancel_signup(id) from public.signups where ended_at is null and status = 'confirmed'`)
    await sql`update public.activity_sessions set starts_at = now() - interval '10 minutes', ends_at = now() + interval '50 minutes' where id = ${seats.sessions[0]!}`
    await sql`update public.signups set offer_ends_at = now() - interval '10 minutes' where status = 'offered'`
    expect(await mark(region, three!)).toBe('in')
    expect(await statusOf(region, two!)).toBe('lapsed')
  }))

  it('of a term has a seat for this session alone, and those on leave lend theirs', () => inRegion(async (region) => {
    const { as, seats, people: [one, two, three] } = region
    await signUp(region, one!)
    expect(await mark(region, two!)).toBe('full')
    await as(one!.account, sql => sql`select public.set_leave(id, ${seats.sessions[0]!}, true) from public.signups where person_id = ${one!.id}`)
    expect(await mark(region, two!)).toBe('in')
    expect(await statusOf(region, two!)).toBeUndefined()
    expect(await pool(region)).toEqual({ capacity: 1, taken: 1, held: 0 })
    expect(await mark(region, three!)).toBe('full')
    expect(await mark(region, three!, { extra: '加座' })).toBe('in')
  }, { fields: { signUp: 'term' } }))

  it('entered when all is over is what happened, full or not', () => inRegion(async (region) => {
    const { sql, seats, people: [one, two] } = region
    await sql`update public.activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '2 hours' where id = ${seats.sessions[0]!}`
    expect([await mark(region, one!, { method: 'paper' }), await mark(region, two!, { method: 'paper' })]).toEqual(['in', 'in'])
  }))

  it('whom a device took in while it was offline is in, with a chair where there was none', () => inRegion(async (region) => {
    const { sql, people: [one, two] } = region
    await sql`update public.activity_sessions set starts_at = now() - interval '10 minutes', ends_at = now() + interval '50 minutes' where id = ${region.seats.sessions[0]!}`
    expect([await mark(region, one!, { device: '前台' }), await mark(region, two!, { device: '前台' })]).toEqual(['in', 'in'])
    expect(await pool(region)).toEqual({ capacity: 2, taken: 2, held: 0 })
    expect(await sql`select reason from public.door_seats where extra and session_id = ${region.seats.sessions[0]!}`).toEqual([{ reason: 'offline' }])
  }))
})

describe('a card', () => {
  const byCard = (region: Region, card: string) => mark(region, { id: 0 } as Person, { method: 'card', card, personId: undefined })
  it('marks its person; one that was replaced, or is none, is said to be so', () => inRegion(async (region) => {
    const { sql, as, school, people: [one] } = region
    await sql`update public.activity_sessions set starts_at = now() - interval '10 minutes', ends_at = now() + interval '50 minutes' where id = ${region.seats.sessions[0]!}`
    const issue = (replace: boolean) => as(school.manager.account, sql => sql`select public.issue_card(${one!.id}, ${replace}) as number`).then(rows => rows[0]!.number as string)
    const lost = await issue(false)
    await sql`update public.person_cards set revoked_at = now() - interval '1 day', issued_at = now() - interval '2 days' where number = ${lost}`
    const held = await issue(false)
    expect(await byCard(region, lost)).toBe('card_revoked')
    expect(await byCard(region, '0000000000')).toBe('card_unknown')
    expect(await byCard(region, `https://example.org/c/${held}`)).toBe('in')
    expect(await sql`select person_id, method from public.attendance_marks where session_id = ${region.seats.sessions[0]!}`).toEqual([{ person_id: one!.id, method: 'card' }])
  }))
})

it('sixty-four walk-ins, sign-ups and cancellations at once never oversell', async () => {
  const sql = await pristinePool('door_seats', 68)
  const as: As = (who, call) => committedAs(who, call, sql)
  const school = await makeSchool(sql)
  const people = await Promise.all(Array.from({ length: 64 }, () => makePerson(sql, school.places.willow)))
  const seats = await publish(sql, as, school, { seats: 10, startsIn: [1] })
  const region = { sql, as, school, seats, people } as unknown as Region
  const outcomes = await Promise.all(people.map((who, n) => n % 2 ? mark(region, who) : signUp(region, who).then(rows => rows[0]!.status as string)))
  expect(outcomes.filter(one => one === 'in' || one === 'confirmed')).toHaveLength(10)
  expect(await sql`select * from private.seat_faults()`).toEqual([])
  await Promise.all(people.map((who, n) => n % 3 === 0
    ? as(who.account, one => one`select public.cancel_signup(id) from public.signups where person_id = ${who.id} and ended_at is null`)
    : n % 3 === 1 ? unmark(region, who) : mark(region, who, n % 2 ? {} : { extra: '加座' })))
  expect(await sql`select * from private.seat_faults()`).toEqual([])
  const [{ capacity, chairs }] = await sql`select pool.capacity, (select count(*)::integer from public.door_seats where extra and given_back_at is null) as chairs from public.seat_pools pool where pool.id = ${seats.pools[0]!}` as unknown as [{ capacity: number, chairs: number }]
  expect(capacity).toBe(10 + chairs)
}, 60_000)
