// Who died or moved away: on no list, no registered volunteer, nobody at the door; what they took part in stays, and a mistake is taken back.
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { type As, drain, makePerson, makeStaff, type Person, type Sql, withRollback } from '../fixtures/database.ts'
import { addFact, cellOf } from '../fixtures/figures.ts'
import { ago, makePlace, makeService, makeShift, makeVolunteer } from '../fixtures/volunteers.ts'

const leave = (as: As, who: Person, person: number, { reason = 'died', on = '2026-06-30' } = {}) => as(who.account, one => one`select public.note_departure(${person}, ${reason}, ${on}, '')`)
const back = (as: As, who: Person, person: number, reason = '登记错了') => as(who.account, one => one`select public.undo_departure(${person}, ${reason})`)
const today = async (sql: Sql) => (await sql`select private.china_date(now())::text as day`)[0]!.day as string

it('takes somebody off lists and cards, keeps what they learned, is audited, and is taken back whole', () => withRollback(async (sql, as) => {
  const { places, manager } = await makeService(sql)
  const [mei, double] = [await makePerson(sql, places.willow, { name: '陈阿婆', birthYear: 1940 }), await makePerson(sql, places.willow, { name: '陈阿婆', birthYear: 1940 })]
  await addFact(sql, mei.id, { day: '2026-05-01' })
  await drain(sql)
  const listed = async () => (await as(manager.account, one => one`select person_id from public.residents_of(${places.willow})`)).map(row => row.person_id as number)
  const missing = async () => (await as(manager.account, one => one`select missing from public.cards_to_print(${places.willow}, null) limit 1`))[0]!.missing as number
  const before = { listed: await listed(), missing: await missing() }
  await leave(as, manager, mei.id)
  expect(await listed()).toEqual(before.listed.filter(id => id !== mei.id))
  expect(await missing()).toBe(before.missing - 1)
  await expect(as(manager.account, one => one`select public.issue_card(${mei.id})`)).rejects.toMatchObject({ code: 'PT409', message: 'person_left' })
  expect(await as(manager.account, one => one`select public.issue_cards(${places.willow}) as done`)).toMatchObject([{ done: { issued: before.missing - 1, missing: 0 } }])
  expect(await as(manager.account, one => one`select one from public.departed_among(${[mei.id, double.id]}) as one`)).toEqual([{ one: mei.id }])
  expect(await cellOf(sql, places.willow)).toMatchObject({ persons: 1, times: 1 })
  await expect(leave(as, manager, mei.id)).rejects.toMatchObject({ message: 'departure_known' })
  // The same person under another number is gone as well.
  await as(manager.account, one => one`select public.merge_persons(${double.id}, ${mei.id}, '同一个人')`)
  expect(await listed()).not.toContain(double.id)
  await expect(back(as, manager, double.id, ' ')).rejects.toMatchObject({ message: 'departure_undo_reason' })
  await back(as, manager, double.id)
  expect(await listed()).toContain(double.id)
  await expect(back(as, manager, double.id)).rejects.toMatchObject({ message: 'departure_none' })
  expect(await as(manager.account, one => one`select reason, undone_reason from public.departures_at_desk(${double.id})`)).toEqual([{ reason: 'died', undone_reason: '登记错了' }])
  expect((await sql`select action from public.audit_events where action in ('person_left', 'person_back') order by id`).map(row => row.action as string)).toEqual(['person_left', 'person_back'])
}))

it('is refused without a day that can be, beside an open post, and where a record says otherwise', () => withRollback(async (sql, as) => {
  const { places, manager } = await makeService(sql)
  const [mei, tutor, tomorrow] = [await makePerson(sql, places.willow), await makeStaff(sql, places.township, places.willow, 'tutor'), '2099-01-01']
  await addFact(sql, mei.id, { day: '2026-05-01' })
  for (const [who, asked, code] of [[mei, { on: tomorrow }, 'date_in_future'], [mei, { reason: 'gone' }, 'departure_reason_missing'], [mei, { on: '2026-04-30' }, 'departure_before_record'], [tutor, {}, 'departure_with_post']] as const) {
    await expect(leave(as, manager, who.id, asked), code).rejects.toMatchObject({ message: code })
  }
  // Who moved away may come back to visit.
  await leave(as, manager, mei.id, { reason: 'moved_away', on: '2026-04-30' })
  for (const who of [await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), await makeStaff(sql, places.county, places.willow, 'inspector')]) {
    await expect(back(as, who, mei.id)).rejects.toMatchObject({ code: 'PT404' })
    await expect(leave(as, who, mei.id)).rejects.toMatchObject({ code: 'PT404' })
    expect(await as(who.account, one => one`select id from public.person_departures`)).toEqual([])
    expect(await as(who.account, one => one`select * from public.departed_among(${[mei.id]})`)).toEqual([])
  }
}))

it('ends the share of a registered volunteer from then on, not the hours', () => withRollback(async (sql, as) => {
  const service = await makeService(sql)
  const { places, manager } = service
  const mei = await makeVolunteer(sql, service)
  const shift = await makeShift(sql, as, service, { from: ago(5), to: ago(3) })
  await makePlace(sql, shift, mei, ago(5), ago(3))
  await as(manager.account, one => one`select * from public.confirm_service(${shift})`)
  const day = await today(sql)
  const share = async () => (await as(manager.account, one => one`select registered, served, minutes::integer from public.volunteer_share(${places.willow}, private.china_date(now()) - 60, private.china_date(now())) where is_parent`))[0]!
  const behind = async () => (await as(manager.account, one => one`select person_id from public.volunteers_at_desk(${places.willow}, 'active', '', true, false, private.china_date(now()) - 60, private.china_date(now()))`)).length
  expect([await share(), await behind()]).toEqual([{ registered: 1, served: 1, minutes: 120 }, 1])
  await leave(as, manager, mei.id, { reason: 'moved_away', on: day })
  expect([await share(), await behind()]).toEqual([{ registered: 0, served: 0, minutes: 120 }, 0])
  await back(as, manager, mei.id)
  expect([await share(), await behind()]).toEqual([{ registered: 1, served: 1, minutes: 120 }, 1])
}))

it('lists minors whose guardian died and who have no other, until one is found or it was a mistake', () => withRollback(async (sql, as) => {
  const { places, manager } = await makeService(sql)
  const [granny, aunt, child, grown] = [await makePerson(sql, places.willow, { birthYear: 1950 }), await makePerson(sql, places.willow, { birthYear: 1980 }),
    await makePerson(sql, places.orchard, { name: '小柳', birthYear: 2016 }), await makePerson(sql, places.orchard, { birthYear: 2000 })]
  for (const ward of [child, grown]) await sql`insert into public.guardians (child_id, guardian_id, relation, consent, valid_from) values (${ward.id}, ${granny.id}, 'grandparent', true, '2025-01-01')`
  const wards = async (who = manager, unit = places.township) => (await as(who.account, one => one`select child_id, guardian_id, died_on::text as died from public.wards_without_guardian(${unit})`)).map(row => [row.child_id, row.guardian_id, row.died])
  await leave(as, manager, granny.id, { reason: 'moved_away' })
  expect(await wards()).toEqual([])
  await back(as, manager, granny.id)
  await leave(as, manager, granny.id)
  expect(await wards()).toEqual([[child.id, granny.id, '2026-06-30']])
  expect(await wards(manager, places.willow)).toEqual([])
  await expect(wards(await makeStaff(sql, places.county, places.willow, 'inspector'))).rejects.toMatchObject({ code: 'PT403' })
  expect(await sql`select valid_to::text as to from public.guardians where child_id = ${child.id}`).toEqual([{ to: '2026-06-30' }])
  await sql`insert into public.guardians (child_id, guardian_id, relation, consent) values (${child.id}, ${aunt.id}, 'relative', true)`
  expect(await wards()).toEqual([])
  await back(as, manager, granny.id)
  expect(await sql`select valid_to from public.guardians where guardian_id = ${granny.id}`).toEqual([{ valid_to: null }, { valid_to: null }])
}))

it('is told at the door: the card and the name sign in to nothing after that day, and nobody signs them up', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const mei = await makePerson(sql, school.places.willow)
  const { tutor, places } = school
  const manager = await makeStaff(sql, places.county, places.willow, 'manager')
  const [{ card }] = await as(manager.account, one => one`select public.issue_card(${mei.id}) as card`) as unknown as [{ card: string }]
  const seats = await publish(sql, as, school, { seats: 5, startsIn: [1] })
  const session = seats.sessions[0]!
  const [held] = await sql`select private.china_date(starts_at) as day from public.activity_sessions where id = ${session}`
  const mark = async (by: object) => (await as(tutor.account, one => one`select outcome from public.mark_attendance(${session}, ${one.json([{ clientId: randomUUID(), ...by }] as never)})`))[0]!.outcome as string
  // A day of the session itself is not after it: whoever dies that night was there.
  await sql`insert into public.person_departures (person_id, reason, left_on, entered_by) values (${mei.id}, 'died', ${held!.day as string}::date, gen_random_uuid())`
  expect(await mark({ card, method: 'card' })).not.toBe('person_left')
  await as(tutor.account, one => one`select public.unmark_attendance(${session}, ${mei.id})`)
  await sql`update public.person_departures set left_on = left_on - 1`
  expect(await mark({ card, method: 'card' })).toBe('person_left')
  expect(await mark({ personId: mei.id, method: 'walk_in' })).toBe('person_left')
  const parent = await makePerson(sql, places.willow)
  await expect(as(manager.account, one => one`select public.note_departure(${parent.id}, 'died', '2026-06-30', null)`)).resolves.toBeDefined()
  await expect(as(tutor.account, one => one`select status from public.sign_up(${seats.pools[0]!}, ${[parent.id]}, 'present')`)).rejects.toMatchObject({ code: 'PT409', message: 'person_left' })
}))
