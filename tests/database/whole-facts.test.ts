// Where it was, what shows it, what it cost and whether somebody earned by it: with the fact, and with whatever corrects it.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, makeStaff, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { checkImport, stageImport, takeBack, writeImport } from '../fixtures/imports.ts'

interface Held { sql: Transaction, as: As, school: School, mei: Person, session: number, venue: number }
const HALL = `柳溪文化站 ${process.pid}`
const photo = (id = randomUUID()) => ({ kind: 'photo', people: 'agreed', minors: 'none', file: { id, kind: 'image/jpeg', bytes: 3, cipher: 'AAEC', keyId: 1 } })

async function openVenue(sql: Sql, as: As, { manager, places }: School, name = HALL): Promise<number> {
  const fields = { name, kind: 'culture_hall', address: '柳溪镇河街 1 号', contactPost: '文化专干', phone: '0572-123456', access: [] }
  const [saved] = await as(manager.account, one => one`select public.save_venue(${places.school}, null, null, ${one.json(fields)}, '[]', ${one.json([{ name: '大厅', seats: 80 }])}) as id`)
  return Number(saved!.id)
}

/** A session that is over, at a venue that is written a little differently from the directory, with 王秀英 marked. */
const held = (test: (held: Held) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const venue = await openVenue(sql, as, school)
  const mei = await makePerson(sql, school.places.willow)
  const { sessions } = await publish(sql, as, school, { startsIn: [-30], seats: 5, fields: { venue: HALL.replace(' ', '　') } })
  await as(school.tutor.account, one => one`select * from public.mark_attendance(${sessions[0]!}, ${one.json([{ clientId: randomUUID(), personId: mei.id, method: 'roster' }])})`)
  await test({ sql, as, school, mei, venue, session: sessions[0]! })
})
const confirm = ({ as, school, session }: Held) => as(school.tutor.account, one => one`select * from public.confirm_session(${session})`)
const save = ({ as, school, session }: Held, given: object) => as(school.tutor.account, async one => Number((await one`select public.save_material(${session}, ${one.json(given as never)}) as id`)[0]!.id))
const facts = (sql: Sql, person: Person) => sql`select id, venue_id, evidence_ids, fee_fen, for_profit, status from public.participations where person_id = ${person.id} order by id`
const shown = ({ as, mei }: Held, who: Person) => as(who.account, one => one`
  select venue, evidence, fee_fen, for_profit, corrects from public.person_participations(${mei.id}, ${new Date(Date.now() - 22 * 3_600_000).getUTCFullYear()}) order by participation_id`)

describe('a session that is confirmed', () => {
  it('was at the venue that it names, however it is spaced, closed since or not', () => held(async (one) => {
    await one.sql`update public.venues set closed_on = private.china_date(now()) where id = ${one.venue}`
    await openVenue(one.sql, one.as, one.school)
    await one.sql`update public.activity_sessions set venue = null where id = ${one.session}`
    await confirm(one)
    // Two of one name: the one that is open now is the one that the name means.
    expect((await facts(one.sql, one.mei))[0]!.venue_id).not.toBe(one.venue)
    await one.sql`update public.venues set closed_on = private.china_date(now()) where closed_on is null and name = ${HALL}`
    expect((await one.sql`select private.venue_named(${HALL}, private.china_date(now()) - 1) as id, private.venue_named(${HALL}, private.china_date(now())) as none`)[0]).toMatchObject({ none: null })
  }))

  it('was at the venue that was called so on its day, whoever is called so now', () => held(async (one) => {
    const fields = { name: `${HALL} 新`, kind: 'culture_hall', address: '柳溪镇河街 1 号', contactPost: '文化专干', phone: '0572-123456', access: [] }
    const [room] = await one.sql`select id from public.venue_rooms where venue_id = ${one.venue}`
    await one.as(one.school.manager.account, sql => sql`select public.save_venue(null, ${one.venue}, 1, ${sql.json(fields)}, '[]', ${sql.json([{ id: room!.id, name: '大厅', seats: 80 }])})`)
    const second = await openVenue(one.sql, one.as, one.school)
    await confirm(one)
    expect((await facts(one.sql, one.mei))[0]!.venue_id).toBe(one.venue)
    expect((await one.sql`select private.venue_named(${HALL}, private.china_date(now()) + 1) as id`)[0]!.id).toBe(second)
  }))

  it('was in the room that it had booked, and nowhere that the directory does not know', () => held(async (one) => {
    const [room] = await one.sql`select id from public.venue_rooms where venue_id = ${one.venue}`
    const [times] = await one.sql`select starts_at, ends_at from public.activity_sessions where id = ${one.session}`
    await one.sql`update public.activity_sessions set venue = '村口大树下' where id = ${one.session}`
    expect((await one.sql`select private.venue_of_session(${one.session}) as id`)[0]!.id).toBeNull()
    await one.sql`insert into public.venue_bookings (room_id, during, by_unit_id, purpose, status, session_id, asked_by, decided_by, decided_at)
      values (${room!.id}, tstzrange(${times!.starts_at}, ${times!.ends_at}), ${one.school.places.school}, '上课', 'approved', ${one.session}, ${one.school.manager.account}, ${one.school.manager.account}, now())`
    await confirm(one)
    expect(await facts(one.sql, one.mei)).toMatchObject([{ venue_id: one.venue, fee_fen: 0, for_profit: false }])
  }))

  it('says what was filed by then, and what came later, but not what was withdrawn', () => held(async (one) => {
    const list = await save(one, { ...photo(), kind: 'sign_in_list' })
    const kept = await save(one, photo())
    const gone = await save(one, photo())
    await save(one, { kind: 'study_plan', body: '学会用微信' })
    await one.as(one.school.tutor.account, sql => sql`select public.withdraw_photo(${gone}, '照片里的人不同意')`)
    await confirm(one)
    expect((await facts(one.sql, one.mei))[0]!.evidence_ids.map(Number)).toEqual([list, kept])
    await save(one, photo())
    expect(await shown(one, one.school.tutor)).toMatchObject([{ venue: HALL, evidence: { session: one.session, lists: 1, photos: 2, sheets: 0, before: 2 } }])
    await one.as(one.school.tutor.account, sql => sql`select public.withdraw_photo(${kept}, '不同意了')`)
    expect(await shown(one, one.school.tutor)).toMatchObject([{ evidence: { lists: 1, photos: 1, before: 1 } }])
  }))

  it('tells how much there is to whoever reads the record, and opens it to those who plan there', () => held(async (one) => {
    await save(one, photo())
    await confirm(one)
    const inspector = await makeStaff(one.sql, one.school.places.willow, one.school.places.willow, 'manager')
    expect(await shown(one, inspector)).toMatchObject([{ evidence: { session: null, photos: 1 } }])
    const outsider = await makeStaff(one.sql, one.school.places.otherTownship, one.school.places.harbour, 'manager')
    expect(await shown(one, outsider)).toEqual([])
    const [fact] = await facts(one.sql, one.mei)
    const told = (who: Person) => one.as(who.account, async sql => (await sql`select private.record_evidence(${fact!.id}) as told`)[0]!.told)
    expect([await told(one.mei), await told(inspector), await told(outsider)]).toMatchObject([{ photos: 1 }, { photos: 1 }, null])
  }))

  it('keeps all of it in a correction', () => held(async (one) => {
    await save(one, photo())
    await confirm(one)
    const [first] = await facts(one.sql, one.mei)
    await one.as(one.school.manager.account, sql => sql`select public.correct_participation(${first!.id}, 'wrong_hours', '{"hours": 0.5}', '提前结束')`)
    expect((await facts(one.sql, one.mei))[1]).toMatchObject({ venue_id: first!.venue_id, evidence_ids: first!.evidence_ids })
    expect((await shown(one, one.school.tutor)).at(-1)).toMatchObject({ venue: HALL, evidence: { photos: 1, before: 1 } })
  }))
})

it('a class register of a venue in the directory is there', () => held(async ({ sql, as, school, mei, venue }) => {
  await as(school.manager.account, one => one`select * from public.record_class(${school.places.school}, '剪纸', 'culture_leisure', now() - interval '3 days', 60, ${HALL}, false, ${[mei.id]}::bigint[])`)
  expect(await facts(sql, mei)).toMatchObject([{ venue_id: venue }])
}))

it('a training that cost something or was for profit is on record so, is put right with its hours, and goes back with its list', () => withRollback(async (sql) => {
  const school = await makeSchool(sql)
  const mei = await makePerson(sql, school.places.willow, { birthYear: 1955 })
  const [{ name }] = await sql`select name from public.persons where id = ${mei.id}` as unknown as [{ name: string }]
  const row = (more: object) => ({ name, birth_year: 1955, residence_unit_id: school.places.willow, started_at: '2026-03-05T09:00:00+08:00', ended_at: '2026-03-05T11:00:00+08:00', hours: 2, kind: 'training', role: 'learner', programme: '美容师培训',
    host_unit_id: school.places.township, ...more })
  const run = async (more: object) => {
    const id = await stageImport(sql, { unit: school.places.township, by: school.manager.account, sha: randomUUID().replaceAll('-', '').padEnd(64, '0') }, [row(more)])
    await checkImport(sql, id)
    await writeImport(sql, id)
    return id
  }
  await run({ fee_fen: 38_000, for_profit: true })
  // The corrected list says nothing of the fee any more: what was said stays.
  const second = await run({ hours: 3 })
  expect(await facts(sql, mei)).toMatchObject([{ fee_fen: 38_000, for_profit: true }, { fee_fen: 38_000, for_profit: true, status: 'attended' }])
  await takeBack(sql, second, school.manager.account)
  expect((await facts(sql, mei)).at(-1)).toMatchObject({ fee_fen: 38_000, for_profit: true, status: 'attended' })
}))

it('a list that names its session was where that was, with what was filed of it', () => held(async (one) => {
  const { sql, school, session, venue } = one
  const kept = await save(one, photo())
  const hua = await makePerson(sql, school.places.willow, { name: '李桂花' })
  const [times] = await sql`select starts_at, ends_at from public.activity_sessions where id = ${session}`
  const id = await stageImport(sql, { kind: 'participation', unit: school.places.school, by: school.manager.account }, [
    { ...(await sql`select name, birth_year, residence_unit_id from public.persons where id = ${hua.id}`)[0], started_at: times!.starts_at, ended_at: times!.ends_at, hours: 0, category_id: 'digital', kind: 'training', host_unit_id: school.places.school, role: 'learner', session_id: session }])
  expect(await checkImport(sql, id)).toMatchObject({ good: 1 })
  await writeImport(sql, id)
  const [fact] = await facts(sql, hua)
  expect([fact!.venue_id, fact!.evidence_ids.map(Number)]).toEqual([venue, [kept]])
}))
