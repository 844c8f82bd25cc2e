// What residents read besides activities themselves, and what jobs do for them: filters, calendars by a secret, reminders and text messages once.
import { expect, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'
import { makeSchool, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { makeShift } from '../fixtures/volunteers.ts'

interface Region { sql: Transaction, as: As, school: School, mei: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  await test({ sql, as, school, mei: await makePerson(sql, school.places.willow) })
})
const sign = ({ as }: Region, who: Person, poolId: number) => as(who.account, one => one`select * from public.sign_up(${poolId}, ${[who.id]}::bigint[])`)
const asJob = <T>({ sql }: Region, call: (one: Transaction) => Promise<T>) => sql.savepoint(async (inner) => {
  await inner`set local role job_server`
  const answer = await call(inner)
  await inner`reset role`
  return answer
}) as Promise<T>
/** Hours from now until nine in the morning in China, tomorrow. */
const tomorrow = () => {
  const china = Date.now() + 8 * 3_600_000
  return (Math.floor(china / 86_400_000) + 1) * 24 + 9 - china / 3_600_000
}

it('filters name the places and schools that hold something, in the order of the network', () => inRegion(async (region) => {
  const { sql, as, school } = region
  await publish(sql, as, school)
  const rows = await as('anon', one => one`select filter, zh, activities from public.activity_filters() where filter = 'place'`)
  expect(rows.map(({ zh }) => zh).filter(name => ['安溪县', '柳溪镇', '柳溪社区学校', '港口镇'].includes(name as string))).toEqual(expect.arrayContaining(['安溪县', '柳溪镇', '柳溪社区学校']))
  expect(rows.map(({ zh }) => zh)).not.toContain('港口镇')
}))

it('one lives in a township', () => inRegion(async ({ as, mei }) => {
  expect(await as(mei.account, one => one`select name from public.my_neighbourhood()`)).toEqual([{ name: '柳溪镇' }])
}))

it('a calendar opens to its secret alone, without a name, and a new secret ends the old', () => inRegion(async (region) => {
  const { sql, as, school, mei } = region
  const { pools: [poolId] } = await publish(sql, as, school)
  await sign(region, mei, poolId!)
  const renew = async () => (await as(mei.account, one => one`select public.renew_calendar_key() as key`))[0]!.key as string
  const read = async (key: string) => (await asJob(region, one => one`select private.calendar_of(${key}) as events`))[0]!.events as Record<string, unknown>[] | null
  const old = await renew()
  expect(await read(old)).toMatchObject([{ title: '智能手机入门', state: 'confirmed' }])
  expect(JSON.stringify(await read(old))).not.toContain('王秀英')
  const fresh = await renew()
  expect(await read(old)).toBeNull()
  expect(await read(fresh)).toHaveLength(1)
  await as(mei.account, one => one`select public.end_calendar_key()`)
  expect(await read(fresh)).toBeNull()
  for (const who of ['anon', mei.account]) await expect(as(who, one => one`select private.calendar_of('x')`)).rejects.toMatchObject({ code: '42501' })
}))

it('one’s calendar has sessions, shifts, rooms and rewards of the days asked for; a helper sees sessions alone, a phone’s calendar has shifts and rooms', () => inRegion(async (region) => {
  const { sql, as, school, mei } = region
  const { pools: [poolId], sessions: [sessionId] } = await publish(sql, as, school, { seats: 1 })
  const hua = await makePerson(sql, school.places.willow, { name: '李桂花' })
  const helper = await makePerson(sql, school.places.willow, { name: '赵小军', birthYear: 1980 })
  await sign(region, mei, poolId!)
  await sign(region, hua, poolId!)
  await sql`insert into public.helpers (person_id, helper_id, relation, consent, consent_at) values (${mei.id}, ${helper.id}, 'child', 'own', now())`
  const service = { places: school.places, manager: school.manager, second: school.manager }
  await sql`insert into public.volunteers (person_id, unit_id, source, status, by_self, decided_at) values (${mei.id}, ${school.places.school}, 'resident', 'active', false, now())`
  const shift = await makeShift(sql, as, service, { from: new Date(Date.now() + 50 * 3_600_000), to: new Date(Date.now() + 52 * 3_600_000) })
  await as(mei.account, one => one`select * from public.take_service_place(${shift})`)
  const [venue] = await sql`insert into public.venues (code, unit_id, name, kind, address, contact_post, contact_phone) values ('22222223', ${school.places.school}, '柳溪文化站', 'culture_hall', '柳溪路 1 号', '办公室', '0572 123456') returning id`
  const [room] = await sql`insert into public.venue_rooms (venue_id, name, seats) values (${venue!.id}, '排练厅', 30) returning id`
  const [team] = await sql`insert into public.volunteer_teams (unit_id, name, founded_on, leader_id) values (${school.places.school}, '合唱队', '2020-01-01', ${mei.id}) returning id`
  await sql`insert into public.venue_bookings (room_id, during, by_unit_id, purpose, status, team_id) values (${room!.id}, tstzrange(now() + interval '60 hours', now() + interval '61 hours'), ${school.places.school}, '排练', 'approved', ${team!.id})`
  const [item] = await sql`insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits) values (${school.places.school}, 'venue_hour', '排练厅一小时', 'An hour of the hall', 1000) returning id`
  await sql`insert into public.credit_holds (person_id, item_id, price_milli_credits, code, until) values (${mei.id}, ${item!.id}, 1000, '12345678', now() + interval '80 hours')`
  const read = async (who: Person, from = 0, until = 20) => (await as(who.account, one => one`select kind, id, name, status, venue, ahead from public.my_calendar(private.china_date(now()) + ${from}::integer, private.china_date(now()) + ${until}::integer)`)).map(row => ({ ...row }))
  expect(await read(mei)).toMatchObject([
    { kind: 'shift', id: shift, status: 'confirmed' }, { kind: 'room', venue: '柳溪文化站 排练厅', status: 'confirmed' }, { kind: 'session', id: sessionId, name: '王秀英', status: 'confirmed' }, { kind: 'reward', status: 'held' },
  ])
  expect(await read(hua)).toMatchObject([{ kind: 'session', status: 'waiting', ahead: 0 }])
  expect(await read(helper)).toMatchObject([{ kind: 'session', name: '王秀英' }])
  expect(await read(mei, 6)).toEqual([])
  await expect(read(mei, 0, 400)).rejects.toMatchObject({ message: 'filter_unknown' })
  await expect(as('anon', one => one`select * from public.my_calendar(private.china_date(now()), private.china_date(now()))`)).rejects.toMatchObject({ code: '42501' })
  const events = async (who: Person) => {
    const [{ key }] = await as(who.account, one => one`select public.renew_calendar_key() as key`) as unknown as [{ key: string }]
    return (await asJob(region, one => one`select private.calendar_of(${key}) as events`))[0]!.events as Record<string, unknown>[]
  }
  expect(await events(mei)).toMatchObject([{ kind: 'shift', id: shift, state: 'confirmed' }, { kind: 'room', title: '合唱队 排练', room: '排练厅' }, { kind: 'session', id: sessionId }])
  expect(await events(helper)).toMatchObject([{ kind: 'session' }])
}))

it('who has a seat tomorrow is reminded once; who waits, is on leave or signed up just now is not', () => inRegion(async (region) => {
  const { sql, as, school, mei } = region
  const { pools: [poolId], activityId, sessions: [sessionId] } = await publish(sql, as, school, { seats: 1, startsIn: [tomorrow()] })
  const [seat] = await sign(region, mei, poolId!)
  await sign(region, await makePerson(sql, school.places.willow, { name: '李桂花' }), poolId!)
  const remind = async () => (await asJob(region, one => one`select private.remind_of_sessions() as count`))[0]!.count as number
  const reminders = () => sql`select person_id, session_id from public.notices where activity_id = ${activityId} and kind = 'session_soon'`
  await remind()
  expect(await reminders()).toEqual([])
  await sql`update public.signups set asked_at = now() - interval '1 day' where pool_id = ${poolId!}`
  await sql`insert into public.session_leaves (signup_id, session_id) values (${seat!.signup_id}, ${sessionId!})`
  await remind()
  expect(await reminders()).toEqual([])
  await sql`delete from public.session_leaves where signup_id = ${seat!.signup_id}`
  for (let time = 0; time < 2; time++) await remind()
  expect(await reminders()).toEqual([{ person_id: mei.id, session_id: sessionId }])
}))

it('a notice is taken for a text message once, tried three times at most, and without a number never', () => inRegion(async (region) => {
  const { sql, as, school, mei } = region
  const { activityId, pools: [poolId] } = await publish(sql, as, school)
  const hua = await makePerson(sql, school.places.willow, { name: '李桂花' })
  for (const who of [mei, hua]) await sign(region, who, poolId!)
  const { cipher, keyId, lookup, masked } = openVault(`1:${Buffer.alloc(32, 7).toString('base64')}`).seal('phone', `139${String(mei.id).padStart(8, '0')}`)
  await sql`update identity.accounts set phone_lookup = ${lookup.toString('hex')}, phone_cipher = ${cipher}, phone_key_id = ${keyId}, phone_mask = ${masked} where id = ${mei.account}`
  await as(school.manager.account, one => one`select public.cancel_activity(${activityId}, '停电了')`)
  const take = async () => (await asJob(region, one => one`select id, kind, details from private.take_notices_to_text(100)`)).filter(({ details }) => (details as { reason?: string }).reason === '停电了')
  const first = await take()
  expect(first).toMatchObject([{ kind: 'activity_cancelled' }])
  expect(await take()).toEqual([])
  for (let time = 0; time < 2; time++) {
    await asJob(region, one => one`select private.notice_not_texted(${first[0]!.id as number})`)
    expect(await take()).toHaveLength(1)
  }
  await asJob(region, one => one`select private.notice_not_texted(${first[0]!.id as number})`)
  expect(await take()).toEqual([])
}))
