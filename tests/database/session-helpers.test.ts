// Volunteers who served at a session: confirmed with it, once, by the rules of service; and taken back with record and credits.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School, type Seats } from '../fixtures/activities.ts'
import { type As, committedAs, makePerson, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { makeClass, makePlace, makeShift, makeVolunteer } from '../fixtures/volunteers.ts'

interface Region { sql: Transaction, as: As, school: School, mei: Person, hua: Person, seats: Seats }
const volunteer = (sql: Sql, school: School, name: string) => makeVolunteer(sql, { places: school.places, manager: school.manager, second: school.tutor }, name)
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  await test({ sql, as, school, mei: await volunteer(sql, school, '王秀英'), hua: await makePerson(sql, school.places.willow, { name: '李桂花' }), seats: await publish(sql, as, school, { startsIn: [-20], seats: 5 }) })
  for (const faults of ['service_faults', 'credit_faults', 'seat_faults']) expect(await sql`select * from ${sql(`private.${faults}`)}()`).toEqual([])
})
const refused = (code: string) => expect.objectContaining({ message: code })
const add = ({ as, school, seats }: Region, who: Person, role = '助教', by = school.tutor) => as(by.account, async one => Number((await one`select public.add_session_helper(${seats.sessions[0]!}, ${who.id}, ${role}) as place`)[0]!.place))
const confirm = ({ as, school, seats }: Region) => as(school.tutor.account, one => one`select * from public.confirm_session(${seats.sessions[0]!})`)
const helpers = ({ as, school, seats }: Region) => as(school.tutor.account, async one => (await one`select name, role, state, minutes, milli_credits::integer from public.session_helpers(${seats.sessions[0]!})`).map(row => Object.values(row)))
const served = ({ sql }: Region, who: Person) => sql`select hours::float, status, role, person_role from public.participations fact where person_id = ${who.id} and kind = 'volunteer_service'
  and not exists (select from public.participations later where later.corrects = fact.id)`
const mark = ({ as, school, seats }: Region, who: Person) => as(school.tutor.account, one => one`select * from public.mark_attendance(${seats.sessions[0]!}, ${one.json([{ clientId: randomUUID(), personId: who.id }])})`)

describe('whoever served at a session', () => {
  it('who lives elsewhere is found by number as a volunteer alone, on record, sixty times an hour', () => inRegion(async (region) => {
    const { sql, as, school } = region
    const far = await makePerson(sql, school.places.harbour, { name: '周海燕' })
    // Whoever is no volunteer is nobody that the school could know of, as a number that nobody has.
    for (const who of [far, { ...far, id: 999_999_999 }]) await expect(add(region, who)).rejects.toEqual(refused('person_unknown'))
    await expect(add(region, region.hua)).rejects.toEqual(refused('volunteer_needed'))
    const shift = await makeShift(sql, as, { places: school.places, manager: school.manager, second: school.tutor }, { from: new Date(Date.now() + 3_600_000), to: new Date(Date.now() + 7_200_000) })
    const put = (who: { id: number }) => as(school.tutor.account, one => one`select * from public.take_service_place(${shift}, ${who.id})`)
    for (const who of [far, { id: 999_999_999 }]) await expect(put(who)).rejects.toEqual(refused('person_unknown'))
    await sql`insert into public.volunteers (person_id, unit_id, source, status, by_self, decided_at) values (${far.id}, ${school.places.harbour}, 'resident', 'active', false, now())`
    await add(region, far)
    await put(far)
    const logged = () => sql`select subject_id from public.audit_events where action = 'volunteer_from_elsewhere'`
    expect(await logged()).toEqual([{ subject_id: String(far.id) }, { subject_id: String(far.id) }])
    await add(region, region.mei)
    expect(await logged()).toHaveLength(2)
    await sql`update identity.limits set taken = 60 where key = ${`volunteer-elsewhere:${school.tutor.account}`}`
    await expect(put(far)).rejects.toMatchObject({ code: 'PT429', message: 'too_many_tries' })
    await add(region, region.mei)
  }))

  it('gets hours, record and credits when it is confirmed, beside those who learned, once however often it is pressed', () => inRegion(async (region) => {
    const { mei, hua, sql } = region
    await mark(region, hua)
    const place = await add(region, mei, '主讲')
    expect(await add(region, mei, '助教')).toBe(place)
    expect(await helpers(region)).toEqual([['王秀英', '主讲', 'waiting', 0, 0]])
    expect((await confirm(region)).map(one => one.name)).toEqual(['李桂花'])
    await confirm(region)
    expect(await helpers(region)).toEqual([['王秀英', '主讲', 'confirmed', 60, 1200]])
    expect(await served(region, mei)).toEqual([{ hours: 1, status: 'attended', role: 'volunteer', person_role: '主讲' }])
    expect(await sql`select count(*)::integer as n from public.credit_postings where person_id = ${mei.id}`).toEqual([{ n: 1 }])
    // It is offered to nobody.
    expect(await region.as('anon', one => one`select id from public.service_opportunities where activity_id is not null`).catch(error => error.message)).toMatch(/permission denied/)
  }))

  it('is confirmed although nobody came to learn, and whoever sat in class does not serve at that time', () => inRegion(async (region) => {
    const { mei, sql } = region
    await expect(confirm(region)).rejects.toEqual(refused('nobody_marked'))
    await add(region, mei)
    const [{ starts_at: starts, ends_at: ends }] = await sql`select starts_at, ends_at from public.activity_sessions where id = ${region.seats.sessions[0]!}` as unknown as [{ starts_at: Date, ends_at: Date }]
    await makeClass(sql, mei, starts, ends)
    await confirm(region)
    expect(await helpers(region)).toEqual([['王秀英', '助教', 'confirmed', 0, 0]])
  }))

  it('loses hours, record and credits together by a correction, and pressing again gives nothing back', () => inRegion(async (region) => {
    const { as, school, mei, sql } = region
    const place = await add(region, mei)
    const remove = (reason: string | null) => as(school.tutor.account, one => one`select public.remove_session_helper(${place}, ${reason})`)
    await confirm(region)
    await expect(remove(null)).rejects.toEqual(refused('reason_missing'))
    await remove('记错了人')
    await remove('记错了人')
    await confirm(region)
    expect(await helpers(region)).toEqual([['王秀英', '助教', 'withdrawn', 0, 0]])
    expect(await served(region, mei)).toMatchObject([{ status: 'corrected' }])
    expect(await sql`select sum(milli_credits)::integer as sum from public.credit_postings where person_id = ${mei.id}`).toEqual([{ sum: 0 }])
  }))

  it('is taken off before it is confirmed as if nobody had been entered', () => inRegion(async (region) => {
    const { as, school, mei } = region
    const place = await add(region, mei)
    await as(school.tutor.account, one => one`select public.remove_session_helper(${place})`)
    expect(await helpers(region)).toEqual([])
    expect(await add(region, mei)).not.toBe(place)
  }))

  it('is a volunteer, not oneself, not too early and not too late, and entered by the host', () => inRegion(async (region) => {
    const { as, school, mei, hua, sql } = region
    await expect(add(region, hua)).rejects.toEqual(refused('volunteer_needed'))
    await expect(add(region, mei, '园丁')).rejects.toEqual(refused('helper_role_missing'))
    await expect(add(region, school.tutor)).rejects.toEqual(refused('own_account'))
    await expect(add(region, mei, '助教', hua)).rejects.toEqual(refused('session_unknown'))
    await expect(as(hua.account, one => one`select * from public.session_helpers(${region.seats.sessions[0]!})`)).rejects.toEqual(refused('session_unknown'))
    for (const [start, code] of [['5 days', 'service_backfill_needed'], ['-1 day', 'session_not_begun']] as const) {
      await sql`update public.activity_sessions set starts_at = now() - ${start}::interval, ends_at = now() - ${start}::interval + interval '1 hour' where id = ${region.seats.sessions[0]!}`
      await expect(add(region, mei)).rejects.toEqual(refused(code))
    }
  }))

  it('by a shift of the host at that time is confirmed with the session, if staff says so', () => inRegion(async (region) => {
    const { sql, as, school, mei, seats } = region
    const [{ starts_at: from, ends_at: to }] = await sql`select starts_at, ends_at from public.activity_sessions where id = ${seats.sessions[0]!}` as unknown as [{ starts_at: Date, ends_at: Date }]
    const service = { places: school.places, manager: school.manager, second: school.tutor }
    const shift = await makeShift(sql, as, service, { from, to })
    await makePlace(sql, shift, mei, from, to)
    const away = await makeShift(sql, as, service, { from: new Date(+from - 86_400_000), to: new Date(+to - 86_400_000) })
    const tie = (id: number, tied = true) => as(school.manager.account, one => one`select public.tie_shift(${seats.sessions[0]!}, ${id}, ${tied})`)
    await expect(tie(away)).rejects.toEqual(refused('shift_unknown'))
    expect(await as(school.tutor.account, one => one`select shift_id, is_tied from public.shifts_beside_session(${seats.sessions[0]!})`)).toEqual([{ shift_id: shift, is_tied: false }])
    await tie(shift)
    expect((await helpers(region)).map(([, role, state]) => [role, state])).toEqual([['陪伴志愿者', 'waiting']])
    await confirm(region)
    expect(await served(region, mei)).toHaveLength(1)
    await tie(shift, false)
    expect(await helpers(region)).toEqual([])
  }))
})

it('a session that many confirm at once, with its shift beside it, writes the hours once', async () => {
  const { school, seats, mei } = await pool.begin(async (sql) => {
    const school = await makeSchool(sql)
    const asIn: As = async (account, call) => {
      await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: account, role: 'authenticated' })}, true)`
      return call(sql)
    }
    return { school, seats: await publish(sql, asIn, school, { startsIn: [-20], seats: 5 }), mei: await volunteer(sql, school, '王秀英') }
  })
  await committedAs(school.tutor.account, sql => sql`select public.add_session_helper(${seats.sessions[0]!}, ${mei.id}, '助教')`)
  const [{ id: shift }] = await pool`select id from public.service_shifts where session_id = ${seats.sessions[0]!}` as unknown as [{ id: number }]
  const pressed = await Promise.allSettled(Array.from({ length: 16 }, (_, at) => committedAs(at % 2 ? school.manager.account : school.tutor.account, sql => at % 3 ? sql`select * from public.confirm_session(${seats.sessions[0]!})` : sql`select * from public.confirm_service(${shift})`)))
  expect(pressed.filter(({ status }) => status === 'rejected')).toEqual([])
  expect(await pool`select count(*)::integer as n from public.service_records where person_id = ${mei.id}`).toEqual([{ n: 1 }])
  expect(await pool`select count(*)::integer as n from public.credit_postings where person_id = ${mei.id}`).toEqual([{ n: 1 }])
  expect(await pool`select * from private.service_faults()`).toEqual([])
})
