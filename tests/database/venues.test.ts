// Venues: opening hours that are kept for the year, rooms that are never given twice, whoever asks and however many at once.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, makeUnit, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface House { sql: Transaction, as: As, places: Network, keeper: Person, teacher: Person, elsewhere: Person, venue: number, rooms: number[] }
const WEEK = Array.from({ length: 7 }, (_, day) => ({ weekday: day + 1, from: 0, until: 1440 }))
let names = 0
const FIELDS = () => ({ name: `柳溪文化站 ${process.pid} ${++names}`, kind: 'culture_hall', address: '柳溪镇河街 1 号', contactPost: '文化专干', phone: '0572-123456', access: ['step_free'] })
const inTheHouse = (test: (house: House) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const keeper = await makeStaff(sql, places.school, places.willow, 'manager')
  const { venue, rooms } = await open(sql, as, places, keeper)
  await test({ sql, as, places, keeper, teacher: await makeStaff(sql, places.school, places.willow, 'teacher'), elsewhere: await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), venue, rooms })
})
async function open(sql: Sql, as: As, places: Network, keeper: Person, hours = WEEK) {
  const [saved] = await as(keeper.account, one => one`select public.save_venue(${places.school}, null, null, ${one.json(FIELDS())}, ${one.json(hours)}, ${one.json([{ name: '大厅', seats: 80 }, { name: '画室', seats: 20 }])}) as id`)
  const rooms = await sql`select id from public.venue_rooms where venue_id = ${saved!.id} order by id`
  return { venue: Number(saved!.id), rooms: rooms.map(({ id }) => Number(id)) }
}
/** A time some days from now, from and until an hour in China. */
const at = (days: number, hour: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00+08:00`
const ask = ({ as, places, rooms }: House, who: Person, { room = rooms[0]!, unit = places.otherTownship, days = 3, from = 9, until = 11 } = {}) =>
  as(who.account, async sql => Number((await sql`select public.book_room(${unit}, ${room}, ${at(days, from)}, ${at(days, until)}, '排练', null, null) as id`)[0]!.id))
const decide = ({ as }: House, who: Person, id: number, approves = true, reason: string | null = null) => as(who.account, sql => sql`select public.decide_booking(${id}, ${approves}, ${reason})`)
const refused = (message: string) => expect.objectContaining({ message })
const name = async ({ sql, venue }: House) => (await sql`select name from public.venues where id = ${venue}`)[0]!.name as string
async function plan(house: House, who: Person, unit: number, { room = '大厅', days = 5, hours = [9], venue = '' } = {}) {
  const fields = { title: '合唱团排练', kind: 'activity', form: 'show', category: 'culture_leisure', venue: venue || await name(house), room, signUp: 'none', minors: 'not' }
  const sessions = hours.map(hour => ({ startsAt: at(days, hour), endsAt: at(days, hour + 2) }))
  return house.as(who.account, async (sql) => {
    const [saved] = await sql`select public.save_activity(${unit}, null, null, ${sql.json(fields)}, ${sql.json(sessions)}) as id`
    return { id: Number(saved!.id), fields, sessions }
  })
}
const publish = ({ as }: House, who: Person, id: number) => as(who.account, sql => sql`select public.publish_activity(${id})`)

describe('the directory', () => {
  it('is kept by those who plan there and read by everybody', () => inTheHouse(async (house) => {
    const { as, venue, elsewhere, places } = house
    await expect(as(elsewhere.account, sql => sql`select public.save_venue(${places.school}, ${venue}, 1, ${sql.json(FIELDS())}, '[]', '[]')`)).rejects.toEqual(refused('unit_not_yours'))
    await expect(as('anon', sql => sql`select public.save_venue(null, null, null, '{}', '[]', '[]')`)).rejects.toThrow(/permission denied/)
    const found = await as('anon', sql => sql`select name, rooms, seats from public.find_venues(null, 'culture_hall', '柳溪文化站')`)
    expect(found.find(one => one.name.startsWith('柳溪文化站'))).toMatchObject({ rooms: 2, seats: 100 })
    const [page] = await as('anon', sql => sql`select public.venue_page((select code from public.venues where id = ${venue})) as one`)
    expect(page!.one).toMatchObject({ kind: 'culture_hall', rooms: [{ name: '大厅', seats: 80, taken: [] }, { name: '画室' }] })
  }))

  it('has one venue of a name, is not overwritten unseen, and says what is wrong by its place', () => inTheHouse(async (house) => {
    const save = (fields: object, hours: object[] = WEEK, rooms: object[] = [], id: number | null = null, version: number | null = null) => house.as(house.keeper.account, sql => sql`
      select public.save_venue(${house.places.school}, ${id}, ${version}, ${sql.json(fields as never)}, ${sql.json(hours as never)}, ${sql.json(rooms as never)})`)
    await expect(save({ ...FIELDS(), name: await name(house) })).rejects.toEqual(refused('venue_name_taken'))
    await expect(save(FIELDS(), [{ weekday: 1, from: 600, until: 500 }])).rejects.toEqual(refused('venue_hours_invalid'))
    await expect(save(FIELDS(), [{ weekday: 1, from: 500, until: 600 }, { weekday: 1, from: 550, until: 700 }])).rejects.toEqual(refused('venue_hours_overlap'))
    await expect(save(FIELDS(), [], [{ name: '甲', seats: 10 }, { name: ' 甲 ', seats: 10 }])).rejects.toEqual(refused('room_twice'))
    await expect(save(FIELDS(), [], [], house.venue, 7)).rejects.toEqual(refused('venue_changed'))
  }))

  it('keeps what was open before for the figures of the year', () => inTheHouse(async (house) => {
    await house.sql`update public.venue_hours set minutes = int4range(480, 1080), valid = daterange(private.china_date(now()) - 10, null)`
    const open = async (days: number) => (await house.sql`select private.venue_open_on(${house.venue}, private.china_date(now()) - ${days}::integer)::text as open`)[0]!.open
    const rooms = await house.sql`select id, name, seats from public.venue_rooms where venue_id = ${house.venue}`
    await house.as(house.keeper.account, sql => sql`select public.save_venue(null, ${house.venue}, 1, ${sql.json(FIELDS())}, ${sql.json(WEEK.map(day => ({ ...day, from: 540, until: 600 })))}, ${sql.json(rooms as never)})`)
    expect(await open(11)).toBeNull()
    expect(await open(10)).toBe('{[480,1080)}')
    expect(await open(1)).toBe('{[480,1080)}')
    expect(await open(0)).toBe('{[540,600)}')
    await house.as(house.keeper.account, sql => sql`select public.set_venue_day(${house.venue}, private.china_date(now()), null, null, '停电')`)
    expect(await open(0)).toBe('{}')
    await house.as(house.keeper.account, sql => sql`select public.set_venue_day(${house.venue}, private.china_date(now()), null, null, null)`)
    expect(await open(0)).toBe('{[540,600)}')
  }))
})

describe('a booking', () => {
  it('is asked for, and given or refused by whoever keeps the venue', () => inTheHouse(async (house) => {
    const id = await ask(house, house.elsewhere)
    await expect(decide(house, house.elsewhere, id)).rejects.toEqual(refused('booking_unknown'))
    await expect(decide(house, house.teacher, id)).rejects.toEqual(refused('unit_not_yours'))
    await expect(decide(house, house.keeper, id, false)).rejects.toEqual(refused('reason_missing'))
    await decide(house, house.keeper, id)
    await expect(decide(house, house.keeper, id)).rejects.toEqual(refused('booking_decided'))
    await expect(ask(house, await makePerson(house.sql, house.places.willow))).rejects.toEqual(refused('unit_not_yours'))
  }))

  it('never lies over another, also for one asked before, and a refused one is in nobody\'s way', () => inTheHouse(async (house) => {
    const [first, second, beside] = [await ask(house, house.elsewhere), await ask(house, house.elsewhere, { from: 10, until: 12 }), await ask(house, house.elsewhere, { from: 11, until: 13 })]
    await decide(house, house.keeper, first)
    await expect(decide(house, house.keeper, second)).rejects.toEqual(refused('room_taken'))
    await decide(house, house.keeper, beside)
    await decide(house, house.keeper, second, false, '已经有人')
    await expect(ask(house, house.elsewhere, { from: 10, until: 12 })).rejects.toEqual(refused('room_taken'))
    expect(await ask(house, house.elsewhere, { room: house.rooms[1]!, from: 10, until: 12 })).toBeGreaterThan(0)
    await house.as(house.elsewhere.account, sql => sql`select public.cancel_booking(${first}, '不用了')`)
    expect(await ask(house, house.elsewhere, { from: 9, until: 11 })).toBeGreaterThan(0)
  }))

  it('lies within opening hours, to come, and ends after it begins', () => inTheHouse(async (house) => {
    await house.sql`update public.venue_hours set minutes = int4range(540, 1020)`
    await expect(ask(house, house.elsewhere, { from: 8, until: 10 })).rejects.toEqual(refused('venue_closed_then'))
    await expect(ask(house, house.elsewhere, { from: 16, until: 18 })).rejects.toEqual(refused('venue_closed_then'))
    await expect(ask(house, house.elsewhere, { from: 11, until: 10 })).rejects.toEqual(refused('booking_ends_first'))
    await expect(ask(house, house.elsewhere, { days: -3 })).rejects.toEqual(refused('booking_in_past'))
    expect(await ask(house, house.elsewhere, { from: 9, until: 17 })).toBeGreaterThan(0)
    await house.as(house.keeper.account, sql => sql`select public.set_venue_day(${house.venue}, ${at(4, 9).slice(0, 10)}, null, null, '检修')`)
    await expect(ask(house, house.elsewhere, { days: 4 })).rejects.toEqual(refused('venue_closed_then'))
  }))

  it('says to others that the room is taken, and not by whom', () => inTheHouse(async (house) => {
    await decide(house, house.keeper, await ask(house, house.elsewhere))
    await ask(house, house.elsewhere, { from: 14, until: 15 })
    expect(await house.as('anon', sql => sql`select room_id from public.venue_bookings where room_id = ${house.rooms[0]!}`)).toHaveLength(1)
    await expect(house.as('anon', sql => sql`select purpose from public.venue_bookings`)).rejects.toThrow(/permission denied/)
    const told = async (who: Person) => (await house.as(who.account, sql => sql`select public.venue_at_desk(${house.venue}, 2026) as venue`))[0]!.venue.bookings as { purpose: string | null, phone: string | null }[]
    const stranger = await makeStaff(house.sql, await makeUnit(house.sql, house.places.county, 'township', '第三镇'), house.places.harbour, 'publisher')
    expect((await told(house.keeper)).every(({ purpose }) => purpose !== null)).toBe(true)
    expect((await told(house.elsewhere)).every(({ purpose }) => purpose !== null)).toBe(true)
    expect((await told(stranger)).map(({ purpose, phone }) => [purpose, phone])).toEqual([[null, null]])
  }))
})

describe('sessions', () => {
  it('take the room that they name, when they are published, and give it back', () => inTheHouse(async (house) => {
    const booked = () => house.sql`select lower(during) as at from public.venue_bookings where room_id = ${house.rooms[0]!} and status = 'approved' order by 1`
    const { id } = await plan(house, house.keeper, house.places.school, { hours: [9, 13] })
    expect(await booked()).toHaveLength(0)
    await publish(house, house.keeper, id)
    expect(await booked()).toHaveLength(2)
    await expect(ask(house, house.elsewhere, { days: 5, from: 10, until: 12 })).rejects.toEqual(refused('room_taken'))
    const other = await plan(house, house.keeper, house.places.school, { hours: [8] })
    await expect(publish(house, house.keeper, other.id)).rejects.toEqual(refused('room_taken'))
    const [session] = await house.sql`select id from public.activity_sessions where activity_id = ${id} order by starts_at limit 1`
    await house.as(house.keeper.account, sql => sql`select public.cancel_session(${session!.id}, '停电')`)
    expect(await booked()).toHaveLength(1)
    await publish(house, house.keeper, other.id)
    await house.as(house.keeper.account, sql => sql`select public.cancel_activity(${id}, '停办')`)
    expect(await booked()).toHaveLength(1)
  }))

  it('of a series move by a week over each other, and a move into a taken time is refused whole', () => inTheHouse(async (house) => {
    const { id, fields } = await plan(house, house.keeper, house.places.school, { hours: [9, 11, 13] })
    await publish(house, house.keeper, id)
    const known = await house.sql`select id from public.activity_sessions where activity_id = ${id} order by starts_at`
    const move = (hours: number[]) => house.as(house.keeper.account, async (sql) => {
      const [{ version }] = await house.sql`select version from public.activities where id = ${id}` as unknown as [{ version: number }]
      return sql`select public.save_activity(null, ${id}, ${version}, ${sql.json(fields)}, ${sql.json(hours.map((hour, place) => ({ id: known[place]!.id, startsAt: at(5, hour), endsAt: at(5, hour + 2) })))})`
    })
    await move([11, 13, 15])
    await decide(house, house.keeper, await ask(house, house.elsewhere, { days: 5, from: 9, until: 11 }))
    await expect(move([9, 11, 13])).rejects.toEqual(refused('room_taken'))
    expect(await house.sql`select count(*)::integer as n from public.venue_bookings where session_id is not null and during && tstzrange(${at(5, 15)}, ${at(5, 17)})`).toEqual([{ n: 1 }])
  }))

  it('of another unit need the room to be given first', () => inTheHouse(async (house) => {
    const { id } = await plan(house, house.elsewhere, house.places.otherTownship)
    await expect(publish(house, house.elsewhere, id)).rejects.toEqual(refused('room_not_booked'))
    await decide(house, house.keeper, await ask(house, house.elsewhere, { days: 5, from: 8, until: 12 }))
    await publish(house, house.elsewhere, id)
    // Where the words mean no room of the directory, nothing is booked.
    const free = await plan(house, house.elsewhere, house.places.otherTownship, { venue: '镇礼堂' })
    await publish(house, house.elsewhere, free.id)
    expect(await house.sql`select count(*)::integer as n from public.venue_bookings where session_id is not null`).toEqual([{ n: 0 }])
  }))

  it('are warned of while they are typed', () => inTheHouse(async (house) => {
    const words = await name(house)
    const look = (who: Person, unit: number, hour: number) => house.as(who.account, async sql => (await sql`
      select what from public.session_conflicts(${unit}, null, ${words}, ' 大 厅', '', ${sql.json([{ startsAt: at(3, hour), endsAt: at(3, hour + 1) }])})`).map(({ what }) => what))
    await house.sql`update public.venue_hours set minutes = int4range(540, 1020)`
    await decide(house, house.keeper, await ask(house, house.elsewhere))
    expect(await look(house.keeper, house.places.school, 10)).toEqual(['booking'])
    expect(await look(house.keeper, house.places.school, 8)).toEqual(['closed'])
    expect(await look(house.elsewhere, house.places.otherTownship, 10)).toEqual([])
    expect(await look(house.elsewhere, house.places.otherTownship, 13)).toEqual(['unbooked'])
  }))

  it('keep the names that they are found by', () => inTheHouse(async (house) => {
    const { id } = await plan(house, house.keeper, house.places.school)
    await publish(house, house.keeper, id)
    const save = (fields: object, rooms: object[]) => house.as(house.keeper.account, sql => sql`select public.save_venue(null, ${house.venue}, 1, ${sql.json(fields as never)}, '[]', ${sql.json(rooms as never)})`)
    const rooms = [{ id: house.rooms[0], name: '大厅', seats: 80 }, { id: house.rooms[1], name: '画室', seats: 20 }]
    const same = { ...FIELDS(), name: await name(house) }
    await expect(save(same, rooms.slice(1))).rejects.toEqual(refused('room_in_use'))
    await expect(save(same, [{ ...rooms[0], name: '礼堂' }, rooms[1]!])).rejects.toEqual(refused('room_in_use'))
    await save(same, rooms.slice(0, 1))
  }))
})

describe('a venue that is renamed', () => {
  it('takes what is to come with it, tells whoever signed up once, and leaves what was held', () => inTheHouse(async (house) => {
    const { sql, as, keeper, places, venue } = house
    const before = await name(house)
    const { id } = await plan(house, keeper, places.school, { hours: [9, 14] })
    await sql`update public.activities set sign_up = 'term' where id = ${id}`
    await sql`insert into public.seat_pools (activity_id, capacity) values (${id}, 5)`
    await publish(house, keeper, id)
    const draft = await plan(house, keeper, places.school, { days: 9, room: '' })
    const abroad = await plan(house, house.elsewhere, places.otherTownship, { days: 9, room: '隔壁的屋子' })
    const mei = await makePerson(sql, places.willow)
    await as(mei.account, one => one`select * from public.sign_up((select id from public.seat_pools where activity_id = ${id}), array[${mei.id}]::bigint[])`)
    const [held, coming] = await sql`select id from public.activity_sessions where activity_id = ${id} order by starts_at`
    await sql`update public.activity_sessions set starts_at = now() - interval '3 days', ends_at = now() - interval '3 days' + interval '1 hour' where id = ${held!.id}`
    const rooms = [{ id: house.rooms[0], name: '大厅', seats: 80 }, { id: house.rooms[1], name: '画室', seats: 20 }]
    const fields = FIELDS()
    await as(keeper.account, one => one`select public.save_venue(null, ${venue}, 1, ${one.json(fields)}, ${one.json(WEEK)}, ${one.json(rooms)})`)
    const shown = async (of: number) => (await sql`select coalesce(session.venue, activity.venue) as venue from public.activity_sessions session join public.activities activity on activity.id = session.activity_id where activity.id = ${of} order by session.starts_at`).map(row => row.venue)
    expect(await shown(id)).toEqual([before, fields.name])
    expect(await shown(draft.id)).toEqual([fields.name])
    // Of another unit's place that goes by the same words and is no room of this venue, nothing is known.
    expect(await shown(abroad.id)).toEqual([before])
    expect(await sql`select details from public.notices where person_id = ${mei.id} and kind = 'activity_changed'`).toEqual([{ details: { venueWas: before, venueIs: fields.name } }])
    // Its room stays taken, and the plan that somebody has open is not written over it.
    expect(await sql`select session_id from public.venue_bookings where room_id = ${house.rooms[0]!} and session_id is not null`).toContainEqual({ session_id: coming!.id })
    expect(await sql`select version from public.activities where id = ${id}`).toEqual([{ version: 3 }])
    expect((await sql`select private.room_named(${fields.name}, '大厅') as room`)[0]!.room).toBe(house.rooms[0])
  }))

  const rename = ({ as, venue, keeper, rooms }: House, who = keeper, words = FIELDS()) => as(who.account, async (one) => {
    await one`select public.save_venue(null, ${venue}, (select version from public.venues where id = ${venue}), ${one.json(words)}, ${one.json(WEEK)}, ${one.json([{ id: rooms[0], name: '大厅', seats: 80 }, { id: rooms[1], name: '画室', seats: 20 }])})`
    return words.name
  })
  const placesOf = ({ sql }: House, id: number) => sql`select coalesce(session.venue, activity.venue) as venue, activity.version from public.activity_sessions session join public.activities activity on activity.id = session.activity_id where activity.id = ${id} order by session.starts_at`

  it('is not written back by a plan of which the sessions alone name it, and is nothing to those that were called off', () => inTheHouse(async (house) => {
    const { sql, keeper, places } = house
    const before = await name(house)
    const { id } = await plan(house, keeper, places.school, { venue: '村口大树下', room: '', hours: [9, 14] })
    const off = await plan(house, keeper, places.school, { room: '', days: 9 })
    await sql`update public.activity_sessions set venue = ${before} where activity_id = ${id}`
    await sql`update public.activity_sessions set cancelled_at = now(), cancel_reason = '停电' where id = (select max(id) from public.activity_sessions where activity_id = ${id}) or activity_id = ${off.id}`
    const [{ version }] = await sql`select version from public.activities where id = ${id}` as unknown as [{ version: number }]
    const after = await rename(house)
    expect(await placesOf(house, id)).toEqual([{ venue: after, version: version + 1 }, { venue: before, version: version + 1 }])
    expect(await placesOf(house, off.id)).toMatchObject([{ venue: before }])
  }))

  it('is renamed in a plan of another unit only where that has a room of it', () => inTheHouse(async (house) => {
    const before = await name(house)
    const named = await plan(house, house.elsewhere, house.places.otherTownship, { days: 9, room: '大厅' })
    const booked = await plan(house, house.elsewhere, house.places.otherTownship, { days: 4, room: '大厅' })
    await decide(house, house.keeper, await ask(house, house.elsewhere, { days: 4 }))
    const after = await rename(house)
    expect(await placesOf(house, named.id)).toMatchObject([{ venue: before }])
    expect(await placesOf(house, booked.id)).toMatchObject([{ venue: after }])
  }))

  it('while something published is to come there is renamed by whoever may publish', () => inTheHouse(async (house) => {
    const { sql, keeper, places } = house
    const publisher = await makeStaff(sql, places.school, places.willow, 'publisher')
    const { id } = await plan(house, keeper, places.school)
    await rename(house, publisher)
    await publish(house, keeper, id)
    await expect(rename(house, publisher)).rejects.toEqual(refused('unit_not_yours'))
    await rename(house)
  }))
})

describe('use', () => {
  it('is hours open, what was booked and who came, of a year', () => inTheHouse(async (house) => {
    const count = (who: Person, days: number, visitors: number) => house.as(who.account, sql => sql`select public.count_visits(${house.venue}, private.china_date(now()) - ${days}::integer, ${visitors}, null)`)
    await expect(count(house.elsewhere, 0, 10)).rejects.toEqual(refused('unit_not_yours'))
    await expect(count(house.teacher, -1, 10)).rejects.toEqual(refused('visits_day_invalid'))
    await expect(count(house.teacher, 0, -1)).rejects.toEqual(refused('visits_invalid'))
    await count(house.teacher, 0, 10)
    await count(house.teacher, 0, 12)
    expect(await house.sql`select details from public.audit_events where action = 'visits_counted' order by id`).toMatchObject([{ details: { persons: 10 } }, { details: { persons: 12, was: 10 } }])
    await house.sql`update public.venue_hours set minutes = int4range(540, 600)`
    await house.sql`insert into public.venue_bookings (room_id, during, by_unit_id, purpose, status) values (${house.rooms[0]!}, tstzrange(now() - interval '90 minutes', now()), ${house.places.school}, '排练', 'approved')`
    const [used] = await house.sql`select * from private.venue_use(${house.venue}, private.china_year(now()))`
    expect(used).toMatchObject({ open_minutes: 60, bookings: 1, booked_minutes: 90, visits: 12, counted_days: 1 })
    const [row] = await house.as(house.teacher.account, sql => sql`select asked, visits, open_minutes from public.venues_of_unit(${house.places.township}, ${Number(new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 4))}) where id = ${house.venue}`)
    expect(row).toMatchObject({ visits: 12, open_minutes: 60 })
    await expect(house.as(house.elsewhere.account, sql => sql`select * from public.venues_of_unit(${house.places.township}, 2026)`)).rejects.toEqual(refused('unit_not_yours'))
  }))
})

it('whatever is asked, given, refused and given back in any order, no two that are given overlap', () => inTheHouse(async (house) => {
  const act = fc.record({ act: fc.constantFrom('ask', 'give', 'refuse', 'back'), room: fc.nat(1), from: fc.integer({ min: 8, max: 20 }), hours: fc.integer({ min: 1, max: 4 }), which: fc.nat(20) })
  await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
    await house.sql`delete from public.venue_bookings`
    const ids: number[] = []
    for (const { act, room, from, hours, which } of acts) {
      const id = ids[which % Math.max(ids.length, 1)] ?? 0
      if (act === 'ask') await ask(house, house.elsewhere, { room: house.rooms[room]!, from, until: from + hours }).then(made => ids.push(made), () => undefined)
      else if (act === 'back') await house.as(house.elsewhere.account, sql => sql`select public.cancel_booking(${id}, '不用了')`).catch(() => undefined)
      else await decide(house, house.keeper, id, act === 'give', '不行').catch(() => undefined)
    }
    expect(await house.sql`select one.id from public.venue_bookings one join public.venue_bookings other on other.id > one.id and other.room_id = one.room_id and other.during && one.during
      where one.status = 'approved' and other.status = 'approved'`).toEqual([])
  }), { numRuns: 25 })
}))

it('of many who are given one room at once, one gets it', async () => {
  const { places, keeper, bookings } = await pool.begin(async (sql) => {
    const as: As = async (who, call) => {
      await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: who, role: 'authenticated' })}, true)`
      return call(sql)
    }
    const places = await makeNetwork(sql)
    const keeper = await makeStaff(sql, places.school, places.willow, 'manager')
    const { rooms, venue } = await open(sql, as, places, keeper)
    const house = { sql, as, places, keeper, rooms, venue } as House
    const bookings = await Promise.all(Array.from({ length: 12 }, () => ask(house, keeper, { unit: places.school })))
    return { places, keeper, bookings }
  })
  const given = await Promise.allSettled(bookings.map(id => committedAs(keeper.account, sql => sql`select public.decide_booking(${id}, true, null)`)))
  expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const one of given) if (one.status === 'rejected') expect(one.reason).toMatchObject({ message: 'room_taken' })
  expect(places.school).toBeGreaterThan(0)
})

it('of many that are given one name at once, one has it', async () => {
  const { places, keeper } = await pool.begin(async (sql) => {
    const places = await makeNetwork(sql)
    return { places, keeper: await makeStaff(sql, places.school, places.willow, 'manager') }
  })
  const fields = FIELDS()
  const given = await Promise.allSettled(Array.from({ length: 8 }, () => committedAs(keeper.account, sql => sql`select public.save_venue(${places.school}, null, null, ${sql.json(fields)}, ${sql.json(WEEK)}, '[]')`)))
  expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const one of given) if (one.status === 'rejected') expect(one.reason).toMatchObject({ message: 'venue_name_taken' })
})

describe('a team', () => {
  const inTheTeam = (test: (house: House & { leader: Person, team: number }) => Promise<unknown>) => inTheHouse(async (house) => {
    const leader = await makePerson(house.sql, house.places.harbour, { name: '赵队长' })
    const [{ id }] = await house.sql`insert into public.volunteer_teams (unit_id, name, founded_on) values (${house.places.otherTownship}, '港口合唱队', '2020-01-01') returning id` as unknown as [{ id: number }]
    await house.as(house.elsewhere.account, sql => sql`select public.set_team_leader(${id}, ${leader.id})`)
    await test({ ...house, leader, team: id })
  })
  const book = ({ as, team, rooms }: House & { team: number }, who: Person, { room = rooms[0]!, days = 3, from = 9, until = 11 } = {}) => as(who.account, async sql => Number((await sql`select public.ask_team_room(${team}, ${room}, ${at(days, from)}, ${at(days, until)}, '合唱排练') as id`)[0]!.id))

  it('asks for a room by its leader, who reads the answer and gives it back', () => inTheTeam(async (house) => {
    const { as, sql, leader, keeper, elsewhere, teacher } = house
    await expect(book(house, teacher)).rejects.toEqual(refused('team_unknown'))
    const id = await book(house, leader)
    expect(await book(house, leader)).toBe(id)
    await expect(book(house, leader, { until: 8 })).rejects.toEqual(refused('booking_ends_first'))
    await decide(house, keeper, id)
    await expect(book(house, leader, { from: 10, until: 12 })).rejects.toEqual(refused('room_taken'))
    const mine = () => as(leader.account, async one => (await one`select team, room, status, may_cancel from public.my_team_rooms()`).map(row => ({ ...row })))
    expect(await mine()).toEqual([{ team: '港口合唱队', room: '大厅', status: 'approved', may_cancel: true }])
    expect(await as(teacher.account, one => one`select * from public.my_team_rooms()`)).toEqual([])
    const back = (who: Person) => as(who.account, one => one`select public.give_team_room_back(${id})`)
    await expect(back(teacher)).rejects.toEqual(refused('booking_unknown'))
    await back(leader)
    await back(leader)
    expect(await mine()).toMatchObject([{ status: 'cancelled', may_cancel: false }])
    const other = await book(house, leader, { days: 5 })
    await decide(house, keeper, other, false, '那天检修')
    const last = await book(house, leader, { days: 6 })
    await decide(house, keeper, last)
    await as(keeper.account, one => one`select public.cancel_booking(${last}, '大厅漏水')`)
    // What the leader gave back is no news.
    expect(await as(leader.account, one => one`select kind, title, venue, details from public.my_notices()`)).toMatchObject([
      { kind: 'room_cancelled', details: { reason: '大厅漏水' } }, { kind: 'room_agreed' }, { kind: 'room_refused', title: '港口合唱队', venue: expect.stringMatching(/ 大厅$/), details: { reason: '那天检修' } }, { kind: 'room_agreed' },
    ])
    expect(await sql`select by_unit_id, team from public.venue_bookings where id = ${id}`).toEqual([{ by_unit_id: house.places.otherTownship, team: '港口合唱队' }])
    // Who leads no more books no more; a team that is closed neither.
    await as(elsewhere.account, one => one`select public.set_team_leader(${house.team}, null)`)
    await expect(book(house, leader)).rejects.toEqual(refused('team_unknown'))
  }))

  it('has its leader named by its own unit, and at most eight rooms to come, however many are asked for', () => inTheTeam(async (house) => {
    await expect(house.as(house.keeper.account, one => one`select public.set_team_leader(${house.team}, null)`)).rejects.toEqual(refused('team_unknown'))
    for (let day = 3; day < 11; day++) await book(house, house.leader, { days: day })
    await expect(book(house, house.leader, { days: 20 })).rejects.toEqual(refused('team_rooms_enough'))
  }))
})
