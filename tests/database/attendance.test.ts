// Who came, and what it becomes: marks in any order and number, records and credits once.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School, type Seats } from '../fixtures/activities.ts'
import { type As, committedAs, makePerson, makeStaff, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

interface Region { sql: Transaction, as: As, school: School, places: Network, mei: Person, hua: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { places } = school
  await test({ sql, as, school, places, mei: await makePerson(sql, places.willow), hua: await makePerson(sql, places.willow, { name: '李桂花' }) })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
const yesterday = ({ sql, as, school }: Region, fields = {}) => publish(sql, as, school, { startsIn: [-20], seats: 5, fields })
const signedUp = ({ sql }: Region, { pools }: Seats, who: Person) => sql`
  with made as (insert into public.signups (pool_id, person_id, party_id, status) values (${pools[0]!}, ${who.id}, currval(pg_get_serial_sequence('public.signups', 'id')), 'confirmed') returning id)
  select id from made`
const markOf = (who: Person, method = 'roster', more = {}) => ({ clientId: randomUUID(), personId: who.id, method, ...more })
const mark = ({ as, school }: Region, { sessions }: Seats, marks: object[], who = school.tutor) =>
  as(who.account, one => one`select * from public.mark_attendance(${sessions[0]!}, ${one.json(marks as never)})`)
const confirm = ({ as, school }: Region, { sessions }: Seats, who = school.tutor) => as(who.account, one => one`select * from public.confirm_session(${sessions[0]!})`)
const roster = ({ as, school }: Region, { sessions }: Seats) => as(school.tutor.account, one => one`select * from public.session_roster(${sessions[0]!})`)
const refused = (code: string) => expect.objectContaining({ message: code })
const facts = (sql: Transaction, who: Person) => sql`select key, hours, sign_in_method, form, host_unit_id, organised, status from public.participations where person_id = ${who.id} order by id`

describe('a session that is over', () => {
  it('becomes records and credits when it is confirmed, once, and whoever is marked later gets theirs by the next press', () => inRegion(async (region) => {
    const { sql, mei, hua, school } = region
    const seats = await yesterday(region)
    expect(await mark(region, seats, [markOf(mei)])).toMatchObject([{ outcome: 'in', name: '王秀英' }])
    expect(await confirm(region, seats)).toMatchObject([{ outcome: 'posted', is_new: true, counted_minutes: 60, milli_credits: 1200 }])
    expect(await confirm(region, seats)).toMatchObject([{ outcome: 'posted', is_new: false, milli_credits: 1200 }])
    await mark(region, seats, [markOf(hua)])
    expect((await confirm(region, seats)).map(one => [one.name, one.is_new])).toEqual([['李桂花', true], ['王秀英', false]])
    expect(await facts(sql, mei)).toEqual([{ key: `session:${seats.sessions[0]}:${mei.id}`, hours: '1.00', sign_in_method: 'roster', form: 'training', host_unit_id: school.places.school, organised: true, status: 'attended' }])
    expect(await sql`select count(*)::integer as postings from public.credit_postings where person_id = ${mei.id}`).toEqual([{ postings: 1 }])
    expect(await roster(region, seats)).toMatchObject([{ attended: true, milli_credits: 1200 }, { attended: true, milli_credits: 1200 }])
  }))

  it('is corrected like any record, and the credits go with it; pressed again nothing comes back', () => inRegion(async (region) => {
    const { sql, as, mei, school } = region
    const seats = await yesterday(region)
    await mark(region, seats, [markOf(mei)])
    await confirm(region, seats)
    const [row] = await roster(region, seats)
    await expect(as(school.tutor.account, one => one`select public.unmark_attendance(${seats.sessions[0]!}, ${mei.id})`)).rejects.toEqual(refused('attendance_on_record'))
    await as(school.manager.account, one => one`select public.correct_participation(${row!.participation_id}, 'not_attended', '{}', '没有来，点错了人')`)
    await confirm(region, seats)
    expect(await roster(region, seats)).toMatchObject([{ attended: false, milli_credits: 0 }])
    expect(await sql`select sum(milli_credits)::integer as credits from public.credit_postings where person_id = ${mei.id}`).toEqual([{ credits: 0 }])
  }))

  it('counts a mark that was taken back for nothing', () => inRegion(async (region) => {
    const { as, mei, hua, school, sql } = region
    const seats = await yesterday(region)
    await mark(region, seats, [markOf(mei), markOf(hua)])
    await as(school.tutor.account, one => one`select public.unmark_attendance(${seats.sessions[0]!}, ${mei.id})`)
    expect((await confirm(region, seats)).map(one => one.name)).toEqual(['李桂花'])
    expect(await facts(sql, mei)).toEqual([])
    expect(await mark(region, seats, [markOf(mei)])).toMatchObject([{ outcome: 'in' }])
  }))

  it('does not count whoever sat somewhere else at that time', () => inRegion(async (region) => {
    const { mei, sql } = region
    const [one, two] = [await yesterday(region), await yesterday(region, { title: '广场舞' })]
    for (const seats of [one, two]) await mark(region, seats, [markOf(mei)])
    await confirm(region, one)
    expect(await confirm(region, two)).toMatchObject([{ outcome: 'refused', reason: 'other_class_then' }])
    expect(await facts(sql, mei)).toHaveLength(1)
  }))

  it('is not confirmed by whoever came, for themselves', () => inRegion(async (region) => {
    const { school, sql } = region
    const seats = await yesterday(region)
    await mark(region, seats, [markOf(school.tutor)])
    expect(await confirm(region, seats)).toMatchObject([{ outcome: 'refused', reason: 'own_account' }])
    expect(await confirm(region, seats, school.manager)).toMatchObject([{ outcome: 'posted' }])
    expect(await facts(sql, school.tutor)).toHaveLength(1)
  }))

  it('keeps the guardian beside the child', () => inRegion(async (region) => {
    const { sql, mei, places } = region
    const child = await makePerson(sql, places.willow, { name: '王小明', birthYear: new Date().getFullYear() - 8 })
    await sql`insert into public.guardians (child_id, guardian_id, relation, consent) values (${child.id}, ${mei.id}, 'mother', true)`
    const seats = await yesterday(region)
    await mark(region, seats, [markOf(mei), markOf(child)])
    await confirm(region, seats)
    expect(await sql`select person_id, with_guardian, guardian_id, guardian_consent from public.participations where person_id in ${sql([mei.id, child.id])} order by person_id`)
      .toEqual([{ person_id: mei.id, with_guardian: false, guardian_id: null, guardian_consent: null }, { person_id: child.id, with_guardian: true, guardian_id: mei.id, guardian_consent: true }])
  }))

  it('of a person registered twice is one record, whichever row was marked', () => inRegion(async (region) => {
    const { sql, mei, hua } = region
    const seats = await yesterday(region)
    await mark(region, seats, [markOf(mei), markOf(hua)])
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${hua.id}`
    expect(await confirm(region, seats)).toMatchObject([{ person_id: mei.id }])
    expect(await roster(region, seats)).toMatchObject([{ times: 2 }])
  }))
})

describe('marking', () => {
  it('says of each what became of it, and never of a stranger who it is', () => inRegion(async (region) => {
    const { sql, places, mei } = region
    const seats = await yesterday(region)
    const stranger = await makePerson(sql, places.harbour)
    expect(await mark(region, seats, [markOf(mei), markOf(mei), markOf(stranger), markOf({ ...mei, id: 9_999_999 })])).toMatchObject([
      { outcome: 'in' }, { outcome: 'again' }, { outcome: 'unknown', name: null }, { outcome: 'unknown', name: null }])
  }))

  it('takes in guests from elsewhere who signed up', () => inRegion(async (region) => {
    const { sql, places } = region
    const seats = await yesterday(region)
    const guest = await makePerson(sql, places.harbour)
    await sql`select nextval(pg_get_serial_sequence('public.signups', 'id'))`
    await signedUp(region, seats, guest)
    await sql`update public.seat_pools set taken = 1 where id = ${seats.pools[0]!}`
    expect(await mark(region, seats, [markOf(guest)])).toMatchObject([{ outcome: 'in' }])
  }))

  it('takes in whoever shows a valid card, wherever they live, and nobody by a bare number of the register', () => inRegion(async (region) => {
    const { sql, places } = region
    const seats = await publish(region.sql, region.as, region.school, { startsIn: [-20], seats: 5 })
    await sql`update public.activity_sessions set starts_at = now() - interval '10 minutes', ends_at = now() + interval '50 minutes' where id = ${seats.sessions[0]!}`
    const [guest, other] = [await makePerson(sql, places.harbour, { name: '周海燕' }), await makePerson(sql, places.harbour, { name: '林阿婆' })]
    const warden = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    const cardOf = async (who: Person) => (await region.as(warden.account, one => one`select public.issue_card(${who.id}, false) as number`))[0]!.number as string
    const [held, lost] = [await cardOf(guest), await cardOf(other)]
    await sql`update public.person_cards set revoked_at = clock_timestamp() where number = ${lost}`
    const scan = (card: string) => ({ clientId: randomUUID(), card, method: 'card' })
    expect(await mark(region, seats, [markOf(guest), scan(lost)])).toMatchObject([{ outcome: 'unknown', name: null }, { outcome: 'unknown', name: null }])
    expect(await mark(region, seats, [scan(held)])).toMatchObject([{ outcome: 'in', name: '周海燕', person_id: guest.id }])
    expect(await sql`select method from public.attendance_marks where person_id = ${guest.id}`).toEqual([{ method: 'card' }])
    // One that was shown before it was lost, and sent after.
    const shown = { ...scan(lost), device: 'desk-1', deviceAt: new Date(Date.now() - 300_000).toISOString() }
    expect(await mark(region, seats, [shown])).toMatchObject([{ outcome: 'in', name: '林阿婆' }])
  }))

  it('finds a guest by a whole number alone, by name and village, on record, and so lets them be marked and signed up there', () => inRegion(async (region) => {
    const { sql, as, places, school } = region
    const seats = await yesterday(region)
    const elsewhere = await publish(sql, as, school, { startsIn: [72] })
    const guest = await makePerson(sql, places.harbour, { name: '周海燕' })
    await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail) values (${guest.id}, 'phone', ${Buffer.alloc(40)}, 1, ${Buffer.alloc(32, 7)}, '138****0007', '0007')`
    const find = (lookup: Buffer, who = school.tutor) => as(who.account, one => one`select * from public.find_guest(${seats.activityId}, null, ${lookup.toString('hex')})`)
    expect(await find(Buffer.alloc(32, 8))).toEqual([])
    const stranger = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    await expect(find(Buffer.alloc(32, 7), stranger)).rejects.toEqual(refused('activity_unknown'))
    expect(await mark(region, seats, [markOf(guest)])).toMatchObject([{ outcome: 'unknown', name: null }])
    expect(await find(Buffer.alloc(32, 7))).toEqual([{ person_id: guest.id, name: '周海燕', home: '港口村' }])
    expect(await sql`select subject_id, details from public.audit_events where action = 'guest_found'`).toEqual([{ subject_id: String(guest.id), details: { by: 'phone' } }])
    expect(await mark(region, seats, [markOf(guest)])).toMatchObject([{ outcome: 'in', name: '周海燕' }])
    const sign = (pool: number) => as(school.tutor.account, one => one`select status from public.sign_up(${pool}, ${[guest.id]}::bigint[], 'present')`)
    await expect(sign(elsewhere.pools[0]!)).rejects.toEqual(refused('person_not_yours'))
    await as(school.tutor.account, one => one`select * from public.find_guest(${elsewhere.activityId}, null, ${Buffer.alloc(32, 7).toString('hex')})`)
    expect(await sign(elsewhere.pools[0]!)).toEqual([{ status: 'confirmed' }])
    // Sixty an hour, found or not.
    await sql`update identity.limits set taken = 60 where key = ${`guest:${school.tutor.account}`}`
    await expect(find(Buffer.alloc(32, 9))).rejects.toEqual(refused('too_many_tries'))
  }))

  it('registers a newcomer from elsewhere at the door of one’s own session, and nowhere else', () => inRegion(async (region) => {
    const { sql, as, places, school } = region
    const seats = await yesterday(region)
    const register = (who: Person, birthYear = 1970) => as(who.account, one => one`select public.register_walk_in(${seats.sessions[0]!}, '外乡客', 'female', ${birthYear}, ${places.harbour}, 'wai xiang ke', 'wxk', '[]', ${randomUUID()}) as id`)
    await expect(register(school.tutor, new Date().getFullYear() - 9)).rejects.toEqual(refused('child_needs_guardian'))
    const stranger = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    await expect(register(stranger)).rejects.toEqual(refused('session_unknown'))
    const [made] = await register(school.tutor)
    expect(await roster(region, seats)).toMatchObject([{ person_id: made!.id, name: '外乡客' }])
    // Registered is not seen: the register shows them to their own unit alone.
    expect(await as(school.tutor.account, one => one`select id from public.persons where id = ${made!.id}`)).toEqual([])
    await expect(as(school.tutor.account, one => one`select public.register_person('外乡客', 'female', 1970, ${places.harbour}, 'wai xiang ke', 'wxk')`)).rejects.toEqual(refused('unit_not_yours'))
    // Who may be meant there is asked sixty times an hour; by a number at home as often as a busy desk registers.
    const alike = (home: number, lookup: Buffer | null = null) => as(school.tutor.account, one => one`select home, reason from public.probable_duplicates('外乡客', 'wai xiang ke', 1970, ${home}, ${lookup && lookup.toString('hex')})`)
    expect(await alike(places.harbour)).toMatchObject([{ home: '港口镇' }])
    await alike(places.willow, Buffer.alloc(32, 7))
    await sql`update identity.limits set taken = 60 where key = ${`alike-elsewhere:${school.tutor.account}`}`
    await expect(alike(places.harbour)).rejects.toEqual(refused('too_many_tries'))
    await sql`update identity.limits set taken = 300 where key = ${`alike-number:${school.tutor.account}`}`
    await expect(alike(places.willow, Buffer.alloc(32, 7))).rejects.toEqual(refused('too_many_tries'))
    await alike(places.willow)
    expect(await confirm(region, seats)).toMatchObject([{ outcome: 'posted' }])
  }))

  it('registers a child from elsewhere with the guardian who is known at the door, and with nobody else', () => inRegion(async (region) => {
    const { sql, as, places, school } = region
    const seats = await yesterday(region)
    const father = await makePerson(sql, places.harbour, { birthYear: 1985 })
    await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail) values (${father.id}, 'phone', ${Buffer.alloc(40)}, 1, ${Buffer.alloc(32, 8)}, '138****0002', '0002')`
    const bring = () => as(school.tutor.account, one => one`select public.register_walk_in(${seats.sessions[0]!}, '外乡娃', 'male', ${new Date().getFullYear() - 9}, ${places.harbour}, 'wai xiang wa', 'wxw', '[]', ${randomUUID()}, null,
      ${father.id}, 'father', true) as id`)
    await expect(bring()).rejects.toEqual(refused('guardian_unknown'))
    const [{ activity }] = await sql`select activity_id as activity from public.activity_sessions where id = ${seats.sessions[0]!}` as unknown as [{ activity: number }]
    await as(school.tutor.account, one => one`select * from public.find_guest(${activity}, null, ${Buffer.alloc(32, 8).toString('hex')})`)
    const [made] = await bring()
    expect(await sql`select guardian_id, relation, consent from public.guardians where child_id = ${made!.id}`).toEqual([{ guardian_id: father.id, relation: 'father', consent: true }])
    await mark(region, seats, [markOf(father)])
    await confirm(region, seats)
    expect(await sql`select with_guardian, guardian_id from public.participations where person_id = ${made!.id}`).toEqual([{ with_guardian: true, guardian_id: father.id }])
  }))

  it('has those who came to the host lately on the list of the door where nobody signs up, with no sight of anybody else', () => inRegion(async (region) => {
    const { sql, as, school, mei } = region
    const before = await yesterday(region)
    await mark(region, before, [markOf(mei)])
    await confirm(region, before)
    const open = await publish(sql, as, school, { startsIn: [-1], fields: { signUp: 'none' } })
    const list = async (session: number) => (await as(school.tutor.account, one => one`select public.door_list(${session}) as list`))[0]!.list as { signUp: string, people: { id: number, isIn: boolean }[] }
    expect(await list(open.sessions[0]!)).toMatchObject({ signUp: 'none', people: [{ id: mei.id, isIn: false }] })
    await sql`update public.activity_sessions set starts_at = now() - interval '30 minutes', ends_at = now() + interval '30 minutes' where id = ${open.sessions[0]!}`
    await mark(region, open, [markOf(mei)])
    expect((await list(open.sessions[0]!)).people).toEqual([expect.objectContaining({ id: mei.id, isIn: true })])
    const closed = await publish(sql, as, school)
    expect((await list(closed.sessions[0]!)).people).toEqual([])
    // Who moved away is no longer theirs to see.
    await sql`update public.persons set residence_unit_id = ${region.places.harbour} where id = ${mei.id}`
    const again = await publish(sql, as, school, { startsIn: [-1], fields: { signUp: 'none' } })
    expect((await list(again.sessions[0]!)).people).toEqual([])
  }))

  it.each([['a day ahead', 24], ['a day behind', -24], ['right', 0]])('takes out what a clock is off that is %s', (_, hours) => inRegion(async (region) => {
    const { sql, mei } = region
    const seats = await publish(region.sql, region.as, region.school, { startsIn: [-20] })
    await sql`update public.activity_sessions set starts_at = now() - interval '30 minutes', ends_at = now() + interval '30 minutes' where id = ${seats.sessions[0]!}`
    const off = hours * 3_600_000
    expect(await mark(region, seats, [markOf(mei, 'card', { deviceAt: new Date(Date.now() - 60_000 + off), clockOffMs: -off })])).toMatchObject([{ outcome: 'in' }])
    const [row] = await sql`select abs(extract(epoch from seen_at - clock_timestamp() + interval '1 minute')) < 30 as near from public.attendance_marks where person_id = ${mei.id}`
    expect(row!.near).toBe(true)
  }))

  it('by a card of another day is not for this session', () => inRegion(async (region) => {
    const seats = await yesterday(region)
    expect(await mark(region, seats, [markOf(region.mei, 'card', { deviceAt: new Date(Date.now() - 72 * 3_600_000) })])).toMatchObject([{ outcome: 'at_another_time' }])
  }))

  it('is refused before the doors open, when called off, when nobody is marked, before the end, and to others', () => inRegion(async (region) => {
    const { as, sql, school, places, mei } = region
    const ahead = await publish(sql, as, school)
    await expect(mark(region, ahead, [markOf(mei)])).rejects.toEqual(refused('session_not_begun'))
    await expect(confirm(region, ahead)).rejects.toEqual(refused('session_not_over'))
    const seats = await yesterday(region)
    await expect(confirm(region, seats)).rejects.toEqual(refused('nobody_marked'))
    await expect(mark(region, seats, [])).rejects.toEqual(refused('marks_invalid'))
    const elsewhere = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    await expect(mark(region, seats, [markOf(mei)], elsewhere)).rejects.toEqual(refused('session_unknown'))
    const teacher = await makeStaff(sql, places.school, places.willow, 'teacher')
    await expect(mark(region, seats, [markOf(mei)], teacher)).rejects.toEqual(refused('unit_not_yours'))
    await expect(mark(region, seats, [markOf(mei)], mei)).rejects.toEqual(refused('session_unknown'))
    await as(school.manager.account, one => one`select public.cancel_session(${ahead.sessions[0]!}, '停电')`)
    await expect(mark(region, ahead, [markOf(mei)])).rejects.toEqual(refused('session_cancelled'))
  }))
})

it('in any order, split among devices and sent twice gives one state and one list of double marks', () => inRegion(async (region) => {
  const { sql, places } = region
  const people: Person[] = []
  for (let n = 0; n < 5; n++) people.push(await makePerson(sql, places.willow))
  const seats = await yesterday(region)
  const [{ starts_at: start }] = await sql`select starts_at from public.activity_sessions where id = ${seats.sessions[0]!}` as unknown as [{ starts_at: Date }]
  const log = fc.array(fc.record({ who: fc.nat(4), minute: fc.nat(50), clientId: fc.uuid() }), { minLength: 1, maxLength: 14 })
  await fc.assert(fc.asyncProperty(log, fc.infiniteStream(fc.nat(99)), async (entries, dice) => {
    const draw = (below: number) => dice.next().value! % below
    const marks = entries.map(({ who, minute, clientId }) => ({ clientId, personId: people[who]!.id, method: 'card', deviceAt: new Date(start.getTime() + minute * 60_000) }))
    const states: unknown[] = []
    for (let time = 0; time < 2; time++) {
      await sql.savepoint(async (inner) => {
        // Every mark at least once, some twice, in pieces of any size.
        const sent = [...marks, ...marks.filter(() => draw(3) === 0)].map(one => ({ one, at: draw(100) })).sort((a, b) => a.at - b.at).map(({ one }) => one)
        while (sent.length) await mark({ ...region, sql: inner }, seats, sent.splice(0, 1 + draw(5)))
        states.push(await inner`select person_id, method, seen_at, times from private.attendance_of(${seats.sessions[0]!}) order by person_id`)
        throw new Error('undone')
      }).catch((error: Error) => { if (error.message !== 'undone') throw error })
    }
    expect(states[1]).toEqual(states[0])
    expect((states[0] as { times: number }[]).reduce((sum, one) => sum + one.times, 0)).toBe(marks.length)
  }), { numRuns: 25 })
}), 60_000)

it('pressed by several at the same moment, confirming is once', async () => {
  const sql = await pristinePool('attendance', 10)
  const as: As = (who, call) => committedAs(who, call, sql)
  const school = await makeSchool(sql)
  const people = await Promise.all(Array.from({ length: 20 }, () => makePerson(sql, school.places.willow)))
  const seats = await publish(sql, as, school, { startsIn: [-20] })
  await as(school.tutor.account, one => one`select public.mark_attendance(${seats.sessions[0]!}, ${one.json(people.map(person => markOf(person)) as never)})`)
  const pressed = await Promise.all(Array.from({ length: 8 }, () => as(school.tutor.account, one => one`select is_new, milli_credits from public.confirm_session(${seats.sessions[0]!})`)))
  expect(pressed.flat().filter(one => one.is_new)).toHaveLength(20)
  expect(pressed.flat().every(one => one.milli_credits === 1200)).toBe(true)
  expect(await sql`select count(*)::integer as facts from public.participations`).toEqual([{ facts: 20 }])
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
