import { describe, expect, it } from 'vitest'
import {
  type As, type Network, type Person, type Sql, type Transaction, makeNetwork, makePerson, makeStaff, makeUnit, makeVideoLesson, withRollback, drain,
} from '../fixtures/database.ts'

const YEAR = 2026

/** A lesson done in the given year; returns the id of the fact. */
async function record(sql: Sql, person: Person, key: string, { year = YEAR, hours = 0.5, lessonId = 0 } = {}): Promise<number> {
  const lesson = lessonId || (await makeVideoLesson(sql)).lessonId
  const [row] = await sql`select private.record_participation(${key}, ${person.id}, ${lesson},
    ${`${year}-05-01T10:00+08:00`}, ${`${year}-05-01T11:00+08:00`}, ${hours}, 'web') as id`
  return row!.id
}

/** A correction: the same row again with some columns changed, pointing to the one it corrects. */
async function correct(sql: Sql, factId: number, changes: { status?: string, hours?: number, started_at?: string, ended_at?: string }): Promise<number> {
  const [row] = await sql`
    insert into public.participations (key, person_id, kind, category_id, course_id, lesson_id, organised, role,
      residence_unit_id, area, groups, birth_year, sex, started_at, ended_at, hours, status, channel, entry_source, corrects)
    select key || gen_random_uuid(), person_id, kind, category_id, course_id, lesson_id, organised, role, residence_unit_id, area, groups,
      birth_year, sex, ${changes.started_at ?? sql`started_at`}, ${changes.ended_at ?? sql`ended_at`}, ${changes.hours ?? sql`hours`},
      ${changes.status ?? sql`status`}, channel, entry_source, id
    from public.participations where id = ${factId} returning id`
  return row!.id
}

async function reached(sql: Sql, unitId: number, group = 'resident', year = YEAR): Promise<[persons: number, times: number, hours: number]> {
  await drain(sql)
  const [cell] = await sql`select persons, person_times, seconds from public.coverage_cells cell join public.metric_slices slice on slice.id = cell.slice_id
    where unit_id = ${unitId} and year = ${year} and slice.code = ${group} and axis = 0 and view_id = 1`
  return [cell?.persons ?? 0, cell?.person_times ?? 0, (cell?.seconds ?? 0) / 3600]
}

/** Nobody is reached yet in a county of its own; the city above may hold what earlier tests left. */
const inNetwork = (test: (sql: Transaction, places: Network, as: As) => Promise<unknown>) =>
  withRollback(async (sql, as) => test(sql, await makeNetwork(sql), as))

describe('facts', () => {
  it.each(['update public.participations set hours = 9', 'delete from public.participations', 'truncate public.participations cascade',
    'update public.credit_postings set minutes = 9', 'delete from public.credit_postings', 'truncate public.credit_postings cascade'])(
    'are only ever added: %s', statement => inNetwork(async (sql, places) => {
      const fact = await record(sql, await makePerson(sql, places.willow), 'a:1')
      await sql`select private.post_credit('a:1', ${fact}, 'lesson_completed', 10)`
      await expect(sql.unsafe(statement)).rejects.toMatchObject({ code: 'PT409', message: 'append_only' })
    }))

  it('the same key again records nothing and answers with the first row', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    const first = await record(sql, mei, 'a:1')
    expect(await record(sql, mei, 'a:1', { hours: 9 })).toBe(first)
    expect(await reached(sql, places.willow)).toEqual([1, 1, 0.5])
  }))

  it('the same key again posts no credit', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    const fact = await record(sql, mei, 'a:1')
    for (let time = 0; time < 2; time++)
      expect(await sql`select private.post_credit('a:1', ${fact}, 'lesson_completed', 10) as posted`).toEqual([{ posted: 200 }])
    expect(await sql`select private.available_credits(${mei.id}) as balance`).toEqual([{ balance: 200 }])
  }))

  it('the residence and groups of the day stay when the person moves', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    await record(sql, mei, 'a:1')
    await sql`update public.persons set residence_unit_id = ${places.harbour} where id = ${mei.id}`
    await record(sql, mei, 'a:2')
    expect(await reached(sql, places.willow)).toEqual([1, 2, 1])
    expect(await reached(sql, places.harbour)).toEqual([0, 0, 0])
  }))
})

describe('counting', () => {
  it('a person counts once across two lessons, at home and at every unit above', () => inNetwork(async (sql, places) => {
    const before = await reached(sql, places.city)
    const mei = await makePerson(sql, places.willow)
    await record(sql, mei, 'a:1')
    await record(sql, mei, 'a:2', { hours: 1 })
    await record(sql, await makePerson(sql, places.orchard, { birthYear: 1990 }), 'a:3')
    expect(await reached(sql, places.willow)).toEqual([1, 2, 1.5])
    expect(await reached(sql, places.orchard)).toEqual([1, 1, 0.5])
    for (const unit of [places.township, places.county]) expect(await reached(sql, unit)).toEqual([2, 3, 2])
    expect(await reached(sql, places.city)).toEqual([before[0] + 2, before[1] + 3, before[2] + 2])
    expect(await reached(sql, places.otherTownship)).toEqual([0, 0, 0])
    expect(await reached(sql, places.county, 'elderly')).toEqual([1, 2, 1.5])
  }))

  it('years are apart, and a year begins at midnight in Shanghai', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    const { lessonId } = await makeVideoLesson(sql)
    const at = (key: string, moment: string) =>
      sql`select private.record_participation(${key}, ${mei.id}, ${lessonId}, ${moment}, ${moment}, 1, 'web')`
    await at('a:1', '2025-12-31T23:59:59+08:00')
    await at('a:2', '2025-12-31T16:00:00Z')
    expect(await reached(sql, places.county, 'resident', 2025)).toEqual([1, 1, 1])
    expect(await reached(sql, places.county, 'resident', 2026)).toEqual([1, 1, 1])
  }))

  it('a correction takes back what it corrects', () => inNetwork(async (sql, places) => {
    const fact = await record(sql, await makePerson(sql, places.willow), 'a:1')
    await correct(sql, fact, { status: 'cancelled' })
    for (const unit of [places.willow, places.township, places.county]) expect(await reached(sql, unit)).toEqual([0, 0, 0])
    expect(await sql`select from private.person_years where unit_id = ${places.willow}`).toHaveLength(0)
  }))

  it('a correction of hours keeps the person', () => inNetwork(async (sql, places) => {
    const fact = await record(sql, await makePerson(sql, places.willow), 'a:1', { hours: 3 })
    await correct(sql, fact, { hours: 0.25 })
    expect(await reached(sql, places.county)).toEqual([1, 1, 0.25])
  }))

  it('a correction of a correction brings the person back', () => inNetwork(async (sql, places) => {
    const fact = await record(sql, await makePerson(sql, places.willow), 'a:1')
    const cancelled = await correct(sql, fact, { status: 'cancelled' })
    await correct(sql, cancelled, { status: 'attended', hours: 2 })
    expect(await reached(sql, places.county)).toEqual([1, 1, 2])
  }))

  it('a row is corrected once', () => inNetwork(async (sql, places) => {
    const fact = await record(sql, await makePerson(sql, places.willow), 'a:1')
    await correct(sql, fact, { hours: 1 })
    await expect(correct(sql, fact, { hours: 2 })).rejects.toMatchObject({ constraint_name: 'participations_corrects_key' })
  }))

  it('a correction into another year counts both years again', () => inNetwork(async (sql, places) => {
    const fact = await record(sql, await makePerson(sql, places.willow), 'a:1', { year: 2025 })
    await correct(sql, fact, { started_at: '2026-02-01T10:00+08:00', ended_at: '2026-02-01T11:00+08:00' })
    expect(await reached(sql, places.county, 'resident', 2025)).toEqual([0, 0, 0])
    expect(await reached(sql, places.county, 'resident', 2026)).toEqual([1, 1, 0.5])
  }))

  it('a village that moves to another township takes its people along', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    await record(sql, mei, 'a:1')
    await sql`update public.units set parent_id = ${places.otherTownship} where id = ${places.willow}`
    expect(await reached(sql, places.township)).toEqual([0, 0, 0])
    expect(await reached(sql, places.otherTownship)).toEqual([1, 1, 0.5])
    await record(sql, mei, 'a:2')
    expect(await reached(sql, places.otherTownship)).toEqual([1, 2, 1])
    expect(await reached(sql, places.county)).toEqual([1, 2, 1])
  }))
})

describe('rates', () => {
  const populate = (sql: Sql, unitId: number, count: number) => sql`
    insert into public.populations (unit_id, year, group_id, count, source, as_of) values (${unitId}, ${YEAR}, 'resident', ${count}, '户籍年报', '2026-01-01')`
  const figures = async (sql: Sql, as: As, places: Network, unitId: number) => {
    const manager = await makeStaff(sql, places.county, places.willow, 'manager')
    await drain(sql)
    const rows = await as(manager.account, sql => sql`select unit_id, persons, population from public.coverage_by_unit(${unitId}, ${YEAR}, 'resident')`)
    return new Map(rows.map(row => [row.unit_id, [row.persons, row.population]]))
  }

  it('a unit without its own population takes the sum of those below', () => inNetwork(async (sql, places, as) => {
    await populate(sql, places.willow, 300)
    await populate(sql, places.orchard, 200)
    await record(sql, await makePerson(sql, places.willow), 'a:1')
    expect(await figures(sql, as, places, places.township))
      .toEqual(new Map([[places.township, [1, 500]], [places.willow, [1, 300]], [places.orchard, [0, 200]]]))
  }))

  it('where a village is missing there is no denominator, not a smaller one', () => inNetwork(async (sql, places, as) => {
    await populate(sql, places.willow, 300)
    expect(await figures(sql, as, places, places.township))
      .toEqual(new Map([[places.township, [0, null]], [places.willow, [0, 300]], [places.orchard, [0, null]]]))
  }))

  it('the own population of a unit goes before the sum', () => inNetwork(async (sql, places, as) => {
    await populate(sql, places.township, 900)
    await populate(sql, places.willow, 300)
    expect((await figures(sql, as, places, places.township)).get(places.township)).toEqual([0, 900])
  }))

  it('a township whose villages are all closed has no data', () => inNetwork(async (sql, places, as) => {
    const empty = await makeUnit(sql, places.county, 'township', '旧街镇')
    const closed = await makeUnit(sql, empty, 'village', '旧街村')
    await sql`update public.units set closed_on = '2020-06-01' where id = ${closed}`
    for (const unit of [places.township, places.otherTownship]) await populate(sql, unit, 100)
    const rows = await figures(sql, as, places, places.county)
    expect(rows.get(empty)).toEqual([0, null])
    expect(rows.get(places.county)).toEqual([0, null])
  }))
})

describe('who sees what', () => {
  const people = (as: As, who: Person, unitId: number) => as(who.account, sql =>
    sql`select person_id, name from public.coverage_people(${unitId}, ${YEAR}, 'resident')`)

  it('a manager sees the people behind a figure, a teacher nobody', () => inNetwork(async (sql, places, as) => {
    const mei = await makePerson(sql, places.willow, { name: '王秀英' })
    await record(sql, mei, 'a:1')
    await drain(sql)
    expect(await people(as, await makeStaff(sql, places.school, places.harbour, 'manager'), places.township))
      .toEqual([{ person_id: mei.id, name: '王秀英' }])
    expect(await people(as, await makeStaff(sql, places.school, places.harbour, 'teacher'), places.township))
      .toEqual([])
  }))

  it('a teacher of another township sees nothing', () => inNetwork(async (sql, places, as) => {
    await record(sql, await makePerson(sql, places.willow), 'a:1')
    await drain(sql)
    const teacher = await makeStaff(sql, places.otherTownship, places.harbour, 'teacher')
    expect(await people(as, teacher, places.township)).toEqual([])
    expect(await as(teacher.account, sql => sql`select * from public.coverage_by_unit(${places.township}, ${YEAR}, 'resident')`)).toEqual([])
    expect(await as(teacher.account, sql => sql`select * from public.coverage_cells where unit_id = ${places.township}`)).toEqual([])
    expect(await as(teacher.account, sql => sql`select id from public.participations`)).toEqual([])
  }))

  it('a resident sees their own facts and no figures', () => inNetwork(async (sql, places, as) => {
    const [mei, lan] = [await makePerson(sql, places.willow), await makePerson(sql, places.willow, { name: '李兰' })]
    const fact = await record(sql, mei, 'a:1')
    await record(sql, lan, 'a:2')
    expect(await as(mei.account, sql => sql`select id from public.participations`)).toEqual([{ id: fact }])
    expect(await people(as, mei, places.township)).toEqual([])
  }))

  it('a post that has ended opens nothing', () => inNetwork(async (sql, places, as) => {
    await record(sql, await makePerson(sql, places.willow), 'a:1')
    await drain(sql)
    const former = await makeStaff(sql, places.township, places.harbour, 'manager')
    await sql`update public.posts set valid_to = private.china_date(now()) - 1 where person_id = ${former.id}`
    expect(await people(as, former, places.township)).toEqual([])
  }))

  it('a visitor is refused', () => inNetwork(async (_sql, _places, as) => {
    for (const table of ['participations', 'coverage_cells', 'unit_paths', 'metric_views', 'persons', 'populations']) {
      await expect(as('anon', sql => sql.unsafe(`select from public.${table}`))).rejects.toMatchObject({ code: '42501' })
    }
  }))
})
