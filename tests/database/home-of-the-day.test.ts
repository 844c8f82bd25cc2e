// Whoever moved is counted where they lived on the day, also in what is entered later: by every way in which records are made.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { type As, makeNetwork, makePerson, makeStaff, makeVideoLesson, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { cellOf } from '../fixtures/figures.ts'
import { checkImport, stageImport, writeImport } from '../fixtures/imports.ts'

interface Region { sql: Transaction, as: As, places: Network, clerk: Person, mei: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test({ sql, as, places, clerk: await makeStaff(sql, places.city, places.willow, 'manager'), mei: await makePerson(sql, places.willow) })
})

const move = ({ as, clerk }: Region, who: Person, to: number, day: string) => as(clerk.account, sql => sql`select public.move_person(${who.id}, ${to}, ${day})`)
const enterClass = ({ as, clerk, places }: Region, who: Person, day: string) => as(clerk.account, sql => sql`
  select outcome from public.record_class(${places.city}, '八段锦', 'health', ${`${day}T09:00:00+08:00`}, 60, '', false, ${[who.id]})`)
const homes = async ({ sql }: Region, who: Person) => (await sql`
  select home.name from public.participations fact join public.units home on home.id = fact.residence_unit_id
  where fact.person_id = ${who.id} and fact.status = 'attended' order by fact.id`).map(row => row.name as string)

describe('somebody who moved on 1 June', () => {
  const moved = (test: (region: Region) => Promise<unknown>) => inRegion(async (region) => {
    await move(region, region.mei, region.places.harbour, '2026-06-01')
    await test(region)
  })

  it('counts at the old village in a class of May that is entered now, and at the new one from June on', moved(async (region) => {
    for (const day of ['2026-05-31', '2026-06-01']) await enterClass(region, region.mei, day)
    expect(await homes(region, region.mei)).toEqual(['柳溪村', '港口村'])
    // The home of a year is that of its first event.
    const { sql, places } = region
    expect([await cellOf(sql, places.willow), await cellOf(sql, places.township), await cellOf(sql, places.otherTownship)].map(({ persons }) => persons)).toEqual([1, 1, 0])
  }))

  it('is found in a list of May by the village of May, and counts there; in a list of July only where they live now', moved(async (region) => {
    const { sql, places, clerk, mei } = region
    const row = (day: string, home: number) => ({ name: '王秀英', birth_year: 1955, residence_unit_id: home, started_at: `${day}T09:00:00+08:00`, ended_at: `${day}T11:00:00+08:00`,
      hours: 2, kind: 'training', role: 'learner', category_id: 'law', host_unit_id: places.school })
    const id = await stageImport(sql, { unit: places.county, by: clerk.account }, [row('2026-05-05', places.willow), row('2026-05-06', places.harbour), row('2026-07-05', places.harbour), row('2026-07-06', places.willow)])
    expect(await checkImport(sql, id)).toMatchObject({ good: 3, refused: 1 })
    expect(await sql`select line, code from private.import_lines_refused(${id})`).toEqual([{ line: 5, code: 'import_person_unknown' }])
    expect(await writeImport(sql, id, true)).toBe(3)
    expect(await homes(region, mei)).toEqual(['柳溪村', '柳溪村', '港口村'])
  }))

  it('counts at the old village in a lesson of May that reaches us late', moved(async (region) => {
    const { lessonId } = await makeVideoLesson(region.sql)
    await region.sql`select private.record_participation('late', ${region.mei.id}, ${lessonId}, '2026-05-20T10:00+08:00', '2026-05-20T11:00+08:00', 1, 'web')`
    expect(await homes(region, region.mei)).toEqual(['柳溪村'])
  }))

  it('counts at the old village when a record of somebody else in May turns out to be theirs', moved(async (region) => {
    const { sql, as, places, clerk, mei } = region
    const other = await makePerson(sql, places.orchard, { name: '李桂花' })
    await enterClass(region, other, '2026-05-12')
    const [fact] = await sql`select id from public.participations where person_id = ${other.id}`
    await as(clerk.account, one => one`select public.correct_participation(${fact!.id}, 'wrong_person', ${one.json({ personId: mei.id })}, '签到表抄错')`)
    expect(await homes(region, mei)).toEqual(['柳溪村'])
  }))

  it('goes with a record whose day was wrong', moved(async (region) => {
    const { sql, as, clerk, mei } = region
    await enterClass(region, mei, '2026-06-12')
    const [fact] = await sql`select id from public.participations where person_id = ${mei.id}`
    const times = { startedAt: '2026-05-12T09:00:00+08:00', endedAt: '2026-05-12T10:00:00+08:00' }
    await as(clerk.account, one => one`select public.correct_participation(${fact!.id}, 'wrong_time', ${one.json(times)}, '日期抄错')`)
    expect(await homes(region, mei)).toEqual(['港口村', '柳溪村'])
  }))
})

it('somebody who moved today counts at the old village in a session of yesterday that is confirmed now', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const mei = await makePerson(sql, school.places.willow)
  const clerk = await makeStaff(sql, school.places.city, school.places.willow, 'manager')
  const { sessions } = await publish(sql, as, school, { startsIn: [-30], seats: 5 })
  await as(school.tutor.account, one => one`select * from public.mark_attendance(${sessions[0]!}, ${one.json([{ clientId: randomUUID(), personId: mei.id, method: 'roster' }])})`)
  await as(clerk.account, one => one`select public.move_person(${mei.id}, ${school.places.orchard}, private.china_date(now()))`)
  await as(school.tutor.account, one => one`select * from public.confirm_session(${sessions[0]!})`)
  expect(await sql`select home.name, fact.area from public.participations fact join public.units home on home.id = fact.residence_unit_id where fact.person_id = ${mei.id}`).toEqual([{ name: '柳溪村', area: 'rural' }])
}))

describe('villages that go together and apart', () => {
  const codeOf = async ({ sql }: Region, id: number) => (await sql`select code from public.units where id = ${id}`)[0]!.code as string

  it('a class held before a merge counts at the village of that day, which adds up in the one that took it over', inRegion(async (region) => {
    const { sql, as, places, clerk, mei } = region
    const [willow, orchard] = [await codeOf(region, places.willow), await codeOf(region, places.orchard)]
    await as(clerk.account, one => one`select public.merge_units(${[willow]}, ${orchard}, '2026-07-01')`)
    await enterClass(region, mei, '2026-06-30')
    await enterClass(region, mei, '2026-07-01')
    expect(await homes(region, mei)).toEqual(['柳溪村', '果园村'])
    expect([(await cellOf(sql, places.willow)).persons, (await cellOf(sql, places.orchard)).persons, (await cellOf(sql, places.township)).persons]).toEqual([1, 1, 1])
  }))

  it('a class held before a split counts at the village as it was, which the new one was no part of', inRegion(async (region) => {
    const { as, places, clerk, mei } = region
    await as(clerk.account, async one => one`select public.split_unit(${await codeOf(region, places.willow)}, 'NEW-WILLOW', '新柳村', '{}', ${[mei.id]}, '2026-07-01')`)
    await enterClass(region, mei, '2026-06-30')
    await enterClass(region, mei, '2026-07-02')
    expect(await homes(region, mei)).toEqual(['柳溪村', '新柳村'])
  }))

  it('whoever came to a village after the day from which it is closed was somewhere else on that day', inRegion(async (region) => {
    const { sql, as, places, clerk, mei } = region
    await move(region, mei, places.orchard, '2026-08-01')
    await as(clerk.account, async one => one`select public.close_unit(${await codeOf(region, places.orchard)}, '2026-07-01', ${await codeOf(region, places.harbour)})`)
    for (const day of ['2026-07-15', '2026-08-02']) await enterClass(region, mei, day)
    expect(await homes(region, mei)).toEqual(['柳溪村', '港口村'])
    expect(await sql`select moved_on::text as on from public.person_moves where person_id = ${mei.id} order by id`).toEqual([{ on: '2026-08-01' }, { on: '2026-08-01' }])
  }))
})

it('a move is never entered before an earlier one', inRegion(async (region) => {
  await move(region, region.mei, region.places.harbour, '2026-06-01')
  await expect(move(region, region.mei, region.places.orchard, '2026-05-31')).rejects.toMatchObject({ code: 'PT422', message: 'moved_before_last_move' })
  await move(region, region.mei, region.places.orchard, '2026-06-01')
}))

it('the home of any day is where the last move until then led, for whatever moves', inRegion(async (region) => {
  const { sql, places } = region
  const villages = [places.willow, places.orchard, places.harbour]
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 2 })), { maxLength: 6 }), async (drawn) => {
    const mei = await makePerson(sql, places.willow)
    const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}`
    let at = 0
    const moves = drawn.sort(([one], [other]) => one - other).map(([number, step]) => ({ number, to: at = (at + step) % 3 }))
    for (const { number, to } of moves) await move(region, mei, villages[to]!, day(number))
    for (let number = 1; number <= 29; number++) {
      const expected = villages[moves.findLast(one => one.number <= number)?.to ?? 0]
      expect((await sql`select private.home_on(${mei.id}, ${day(number)}) as home`)[0]!.home).toBe(expected)
    }
  }), { numRuns: 15 })
}))
