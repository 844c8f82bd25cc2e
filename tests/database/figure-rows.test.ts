// Every figure opens to its rows, on either axis, and a part of a year is counted by the rules of the year.
import { describe, expect, it } from 'vitest'
import { drain, makeNetwork, makePerson, makeStaff, makeUnit, type Sql, withRollback } from '../fixtures/database.ts'
import { addFact, cellOf } from '../fixtures/figures.ts'

const YEAR = 2026

describe('people behind a figure', () => {
  it('of a unit with more than a hundred homes are found by walking along everybody, the same and in the same order, page by page', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const manager = await makeStaff(sql, places.county, places.willow, 'manager')
    const homes = (await sql`insert into public.units (code, parent_id, kind_id, level, name, placed_on)
      select 'MANY-' || number, ${places.township}, 'administration', 'village', number || '村', '2000-01-01' from generate_series(1, 110) number returning id`).map(({ id }) => id as number)
    const people = await Promise.all([homes[90]!, homes[3]!, places.harbour, homes[50]!, places.willow].map(home => makePerson(sql, home)))
    for (const person of people) await addFact(sql, person.id, { category: 'digital' })
    await addFact(sql, (await makePerson(sql, homes[7]!)).id, { category: 'health' })
    await drain(sql)
    const rows = (view: string, after: number, size = 2) => as(manager.account, one => one`select person_id from public.coverage_people(${places.township}, ${YEAR}, 'resident', ${size}, ${after}, ${view})`)
    // Of a subject by walking, of everything home by home.
    const seen: number[] = []
    for (let after = 0, page; (page = await rows('category:digital', after)).length > 0; after = Number(page.at(-1)!.person_id)) seen.push(...page.map(row => Number(row.person_id)))
    expect(seen).toEqual(people.filter((_, index) => index !== 2).map(({ id }) => Number(id)).sort((a, b) => a - b))
    expect((await rows('all', 0, 50)).map(row => Number(row.person_id)).filter(id => seen.includes(id))).toEqual(seen)
  }))
})

describe('people whom a unit taught', () => {
  const rows = (sql: Sql, unit: number, { group = 'resident', size = 50, after = 0, view = 'all' } = {}) => sql<{ person_id: number, name: string | null, person_times: number, hours: string }[]>`
    select person_id, name, person_times, hours from public.organised_people(${unit}, ${YEAR}, ${group}, ${size}, ${after}, ${view})`

  it('are told to nobody who sees no names at the unit', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    await addFact(sql, (await makePerson(sql, places.willow)).id, { host: places.school })
    await drain(sql)
    const inspector = await makeStaff(sql, places.county, places.willow, 'inspector')
    const elsewhere = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    for (const who of [inspector, elsewhere, await makePerson(sql, places.willow)]) expect(await as(who.account, inner => rows(inner, places.school))).toEqual([])
    await expect(as('anon', inner => rows(inner, places.school))).rejects.toMatchObject({ code: '42501' })
  }))

  it('are the people of its figure, at every unit above, by group and category, page by page', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const branch = await makeUnit(sql, places.township, 'township', '柳溪分校', 'community_school')
    const manager = await makeStaff(sql, places.county, places.willow, 'manager')
    const people = await Promise.all([1950, 1990, 1948, 1995].map(birthYear => makePerson(sql, places.willow, { birthYear })))
    for (const person of people) await addFact(sql, person.id, { host: places.school, hours: 1.5 })
    await addFact(sql, people[0]!.id, { host: branch, category: 'digital', day: '2026-06-01' })
    await addFact(sql, people[1]!.id, { host: null, day: '2026-06-01' })
    await addFact(sql, people[2]!.id, { host: places.county, day: '2026-06-02', status: 'absent' })
    const wrong = await addFact(sql, people[3]!.id, { host: branch, day: '2026-06-03' })
    await addFact(sql, people[3]!.id, { host: branch, day: '2026-06-03', status: 'cancelled', corrects: wrong })
    await drain(sql)
    for (const unit of [places.school, branch, places.township, places.county]) {
      for (const [group, view] of [['resident', 'all'], ['elderly', 'all'], ['resident', 'category:digital']] as const) {
        const found = await as(manager.account, inner => rows(inner, unit, { group, view }))
        const cell = await cellOf(sql, unit, { axis: 1, view, slice: group })
        expect({ persons: found.length, times: found.reduce((sum, row) => sum + row.person_times, 0), hours: found.reduce((sum, row) => sum + Number(row.hours), 0) }, `${unit} ${group} ${view}`).toEqual(cell)
      }
    }
    const seen: number[] = []
    for (let after = 0, page; (page = await as(manager.account, inner => rows(inner, places.township, { size: 3, after }))).length > 0; after = Number(page.at(-1)!.person_id)) seen.push(...page.map(row => Number(row.person_id)))
    expect(seen).toEqual(people.map(({ id }) => Number(id)).sort((a, b) => a - b))
  }))

  it('are the same where a unit taught so many that they are found the other way round', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const manager = await makeStaff(sql, places.county, places.willow, 'manager')
    for (const host of [places.school, places.school, places.county]) await addFact(sql, (await makePerson(sql, places.willow)).id, { host })
    await drain(sql)
    const few = await as(manager.account, inner => rows(inner, places.school))
    await sql`update public.coverage_cells set person_times = 20001 where axis = 1 and unit_id = ${places.school}`
    expect(await as(manager.account, inner => rows(inner, places.school))).toEqual(few)
    expect(few).toHaveLength(2)
  }))

  it('who live elsewhere count, without a name; the merged count once', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const manager = await makeStaff(sql, places.township, places.willow, 'manager')
    const [own, double, guest] = [await makePerson(sql, places.willow), await makePerson(sql, places.willow), await makePerson(sql, places.harbour)]
    for (const person of [own, double, guest]) await addFact(sql, person.id, { host: places.school })
    await sql`update public.persons set merged_into = ${own.id}, counts_as = ${own.id} where id = ${double.id}`
    await drain(sql)
    const found = await as(manager.account, inner => rows(inner, places.township))
    expect(found.map(row => [Number(row.person_id), row.name, row.person_times])).toEqual([[Number(own.id), '王秀英', 2], [Number(guest.id), null, 1]])
  }))

  it('leave as a file only with an event in the audit log that names nobody', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const note = (account: string) => as(account, inner => inner`select public.note_figure_file(${places.township}, ${sql.json({ year: YEAR, group: 'resident' })})`)
    await expect(note((await makeStaff(sql, places.township, places.willow, 'inspector')).account)).rejects.toMatchObject({ code: 'PT403' })
    const manager = await makeStaff(sql, places.township, places.willow, 'manager')
    await note(manager.account)
    expect(await sql`select account_id, subject_kind, unit_id, details from public.audit_events where action = 'figure_people_exported' order by id desc limit 1`)
      .toEqual([{ account_id: manager.account, subject_kind: 'unit', unit_id: places.township, details: { year: YEAR, group: 'resident' } }])
  }))
})

describe('a part of a year', () => {
  async function scene(sql: Sql) {
    const places = await makeNetwork(sql)
    const [elder, young, mover] = [await makePerson(sql, places.willow, { birthYear: 1950 }), await makePerson(sql, places.willow, { birthYear: 1990 }), await makePerson(sql, places.orchard)]
    await addFact(sql, elder.id, { day: '2026-02-01', channel: 'web', organised: false })
    await addFact(sql, elder.id, { day: '2026-09-01', category: 'digital' })
    await addFact(sql, young.id, { day: '2026-08-01' })
    await addFact(sql, mover.id, { day: '2026-06-30', at: '2026-06-30T23:30+08:00' })
    await drain(sql)
    return { places, manager: await makeStaff(sql, places.county, places.willow, 'manager') }
  }
  const until = async (sql: Sql, unit: number, month: number) => Object.fromEntries((await sql`
    select kind || ':' || code as key, persons from private.persons_until(${unit}, ${YEAR}, ${month}) order by 1`).map(row => [row.key, row.persons]))

  it('counts whoever had come by the end of its last month, by the clock here', () => withRollback(async (sql) => {
    const { places } = await scene(sql)
    const half = await until(sql, places.township, 6)
    expect(half).toMatchObject({ 'group:resident': 2, 'group:elderly': 2, 'area:rural': 2, 'channel:web': 1, 'channel:onsite': 1, 'category:health': 2 })
    expect(half).not.toHaveProperty('category:digital')
    expect(await until(sql, places.township, 5)).toMatchObject({ 'group:resident': 1 })
    expect(await until(sql, places.otherTownship, 6)).toEqual({})
  }))

  it('is in December what the cells of the year say', () => withRollback(async (sql) => {
    const { places } = await scene(sql)
    for (const unit of [places.willow, places.township, places.county]) {
      const found = await until(sql, unit, 12)
      for (const [key, persons] of Object.entries(found)) {
        const [kind, code] = key.split(':') as [string, string]
        const cell = await cellOf(sql, unit, kind === 'category' ? { view: key } : { kind, slice: code })
        expect(cell.persons, `${unit} ${key}`).toBe(persons)
      }
      expect(Object.keys(found).length).toBeGreaterThan(4)
    }
  }))

  it('is handed in with every group and kind, and says nothing of them where the unit is too large to count', () => withRollback(async (sql, as) => {
    const { places, manager } = await scene(sql)
    const [period] = await sql`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
      values (${YEAR}, 'h1', '2026-01-01', '2026-06-30', '2027-12-31', '{township}') on conflict (year, part) do update set levels = excluded.levels returning id`
    const preview = () => as(manager.account, inner => inner`select code, value::integer, missing_count from public.report_preview(${period!.id}, ${places.township})`)
    const codes = Object.fromEntries((await preview()).map(row => [row.code, row.value]))
    expect(codes).toMatchObject({ 'reached:resident': 2, 'reached:elderly': 2, 'person_times': 2, 'channel:web': 1, 'category:digital': 0, 'category:health': 2, 'area:rural': 2 })
    expect((await preview()).find(({ code }) => code === 'reached:elderly')!.missing_count).toBeGreaterThan(0)
    const largeInMonth = (month: string) => sql`update public.coverage_cells cell set person_times = 300001 from public.metric_slices slice
      where slice.id = cell.slice_id and slice.kind = 'month' and slice.code = ${month} and axis = 0 and view_id = 1 and unit_id = ${places.township}`
    // What comes after the part, and so the sum of the year, decides nothing about it.
    await largeInMonth('08')
    await sql`update public.coverage_cells cell set person_times = 300005 from public.metric_slices slice
      where slice.id = cell.slice_id and slice.kind = 'group' and axis = 0 and view_id = 1 and unit_id = ${places.township}`
    expect(Object.fromEntries((await preview()).map(row => [row.code, row.value]))).toEqual(codes)
    await largeInMonth('02')
    expect((await preview()).map(({ code }) => code)).toEqual(['reached:resident', 'person_times', 'hours', 'hours_per_person', 'head_counts', 'volunteers_served'])
  }))
})

describe('person-times and hours', () => {
  interface Row { record_id: number, person_id: number, name: string | null, title: string | null, host: string | null, hours: string }
  const page = (sql: Sql, unit: number, { group = 'resident', axis = 'residence', view = 'all', slice = null as string | null, size = 50, after = [0, 0] } = {}) => sql<Row[]>`
    select record_id, person_id, name, title, host, hours from public.figure_records(${unit}, ${YEAR}, ${group}, ${axis}, ${view}, ${size}, ${after[0]!}, ${after[1]!}, ${slice})`
  const sum = (sql: Sql, unit: number, { group = 'resident', axis = 'residence', view = 'all', slice = null as string | null } = {}) => sql`
    select records, hours::float from public.figure_records_sum(${unit}, ${YEAR}, ${group}, ${axis}, ${view}, ${slice})`
  async function walk(sql: Sql, unit: number, asked: Parameters<typeof page>[2] = {}) {
    const found: Row[] = []
    for (let after = [0, 0], rows; (rows = await page(sql, unit, { ...asked, size: 3, after })).length > 0; after = [Number(rows.at(-1)!.person_id), Number(rows.at(-1)!.record_id)]) {
      found.push(...rows)
      if (found.length > 500) throw new Error('a page comes again')
    }
    return found
  }

  it('are the number and the sum of their records, on both axes, by group and category, whatever happened', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const manager = await makeStaff(sql, places.county, places.willow, 'manager')
    const draw = (seed => () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648)(7)
    const one = <T>(list: T[]) => list[Math.floor(draw() * list.length)]!
    const people = []
    for (let index = 0; index < 9; index++) people.push(await makePerson(sql, one([places.willow, places.orchard, places.harbour]), { birthYear: one([1948, 1990, 2012]) }))
    for (let index = 0; index < 60; index++) {
      const fact = await addFact(sql, one(people).id, { day: one(['2026-02-03', '2026-07-09', '2025-05-05']), hours: one([0.5, 0.33, 2]), host: one([places.school, places.township, null]), category: one(['health', 'digital', null]), channel: one(['onsite', 'onsite', 'web']),
        organised: draw() < 0.7, role: one(['learner', 'learner', 'trainee']), status: one(['attended', 'attended', 'absent']) })
      if (draw() < 0.2) await sql`insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at, hours, status, channel, entry_source, corrects)
        select 'again:' || id, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at, 1.25, ${one(['attended', 'cancelled'])}, channel, 'paper', id from public.participations where id = ${fact}`
    }
    await sql`update public.persons set merged_into = ${people[0]!.id}, counts_as = ${people[0]!.id} where id = ${people[1]!.id}`
    await drain(sql)
    // Every slice by residence that anybody counts in, beside the records that are told for it.
    const slices = await sql<{ unit: number, code: string }[]>`select distinct cell.unit_id as unit, slice.kind || ':' || slice.code as code
      from public.coverage_cells cell join public.metric_slices slice on slice.id = cell.slice_id and slice.kind <> 'group'
      where cell.axis = 0 and cell.view_id = 1 and cell.year = ${YEAR} and cell.person_times > 0 and cell.unit_id in ${sql([places.willow, places.township, places.county])}`
    expect(new Set(slices.map(({ code }) => code.split(':')[0]))).toEqual(new Set(['age_sex', 'area', 'channel', 'month']))
    for (const { unit, code } of slices) {
      const [kind, ...rest] = code.split(':') as [string, ...string[]]
      const cell = await cellOf(sql, unit, { kind, slice: rest.join(':') })
      const rows = await as(manager.account, inner => walk(inner, unit, { slice: code }))
      const [counted] = await as(manager.account, inner => sum(inner, unit, { slice: code }))
      expect({ times: rows.length, hours: rows.reduce((total, row) => total + Number(row.hours), 0) }, `${unit} ${code}`).toEqual({ times: cell.times, hours: expect.closeTo(cell.hours, 6) })
      expect(counted, `${unit} ${code}`).toEqual({ records: cell.times, hours: expect.closeTo(cell.hours, 6) })
    }
    // With a view beside the slice the pages end where the records do, and the people are those who have one.
    for (const { unit, code } of slices) {
      for (const view of ['organised', 'category:digital']) {
        const what = `${unit} ${code} ${view}`
        const rows = await as(manager.account, inner => walk(inner, unit, { slice: code, view }))
        const [counted] = await as(manager.account, inner => sum(inner, unit, { slice: code, view }))
        expect(counted, what).toEqual({ records: rows.length, hours: expect.closeTo(rows.reduce((total, row) => total + Number(row.hours), 0), 6) })
        if (code.startsWith('month:')) continue
        const named = await as(manager.account, inner => inner`select person_id from public.coverage_people(${unit}, ${YEAR}, 'resident', 200, 0, ${view}, ${code})`)
        expect(named.map(row => row.person_id), what).toEqual([...new Set(rows.map(row => row.person_id))])
      }
    }
    // Pages of few people: those with one record of the channel and another of the subject take nobody's place.
    const crowd: { id: number }[] = []
    for (let index = 0; index < 8; index++) crowd.push(await makePerson(sql, places.orchard, { birthYear: 1990 }))
    for (const [index, { id }] of crowd.entries()) {
      await addFact(sql, id, { category: index === 7 ? 'digital' : 'health', channel: 'web' })
      await addFact(sql, id, { category: 'digital', channel: 'onsite', day: '2026-07-09' })
    }
    await drain(sql)
    expect((await as(manager.account, inner => walk(inner, places.orchard, { slice: 'channel:web', view: 'category:digital' }))).filter(row => row.person_id === crowd[7]!.id)).toHaveLength(1)
    expect(await as(manager.account, inner => page(inner, places.county, { axis: 'organiser', slice: 'area:rural' }))).toEqual([])
    expect(await as(manager.account, inner => page(inner, places.county, { slice: 'area:moon' }))).toEqual([])
    let some = 0
    for (const unit of [places.willow, places.township, places.county, places.school]) {
      for (const [axis, number] of [['residence', 0], ['organiser', 1]] as const) {
        for (const group of ['resident', 'elderly']) {
          for (const view of ['all', 'organised', 'category:digital']) {
            const cell = await cellOf(sql, unit, { axis: number, view, slice: group })
            const rows = await as(manager.account, inner => walk(inner, unit, { group, axis, view }))
            const [counted] = await as(manager.account, inner => sum(inner, unit, { group, axis, view }))
            const what = `${unit} ${axis} ${group} ${view}`
            expect({ persons: new Set(rows.map(row => row.person_id)).size, times: rows.length, hours: rows.reduce((total, row) => total + Number(row.hours), 0) }, what)
              .toEqual({ persons: cell.persons, times: cell.times, hours: expect.closeTo(cell.hours, 6) })
            expect(counted, what).toEqual({ records: cell.times, hours: expect.closeTo(cell.hours, 6) })
            expect(new Set(rows.map(row => row.record_id)).size, what).toBe(rows.length)
            some += rows.length
          }
        }
      }
    }
    expect(some).toBeGreaterThan(100)
  }))

  it('open for nobody who does not see the people, and their sum is not told either', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    await addFact(sql, (await makePerson(sql, places.willow)).id, { host: places.school })
    await drain(sql)
    for (const who of [await makeStaff(sql, places.county, places.willow, 'inspector'), await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), await makePerson(sql, places.willow)]) {
      for (const axis of ['residence', 'organiser']) {
        expect(await as(who.account, inner => page(inner, places.township, { axis }))).toEqual([])
        expect(await as(who.account, inner => sum(inner, places.township, { axis }))).toEqual([])
      }
    }
    // Who is in need is seen by fewer.
    const tutor = await makeStaff(sql, places.township, places.willow, 'tutor')
    expect(await as(tutor.account, inner => page(inner, places.township))).toHaveLength(1)
    expect(await as(tutor.account, inner => page(inner, places.township, { group: 'special_groups' }))).toEqual([])
    expect(await as(tutor.account, inner => sum(inner, places.township, { group: 'special_groups' }))).toEqual([])
    await expect(as('anon', inner => page(inner, places.township))).rejects.toMatchObject({ code: '42501' })
  }))

  it('of guests are told without their name, and are not counted one by one where they are too many', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const manager = await makeStaff(sql, places.township, places.willow, 'manager')
    await addFact(sql, (await makePerson(sql, places.harbour)).id, { host: places.school })
    await drain(sql)
    expect(await as(manager.account, inner => page(inner, places.township, { axis: 'organiser' }))).toMatchObject([{ name: null, host: expect.any(String) }])
    await sql`update public.coverage_cells set person_times = 20001 where axis = 1 and unit_id = ${places.township}`
    expect(await as(manager.account, inner => sum(inner, places.township, { axis: 'organiser' }))).toEqual([])
  }))
})

describe('months of a group or a category', () => {
  const months = (sql: Sql, unit: number, group = 'resident', view = 'all') => sql<{ month: number, persons: number, person_times: number, hours: string }[]>`
    select month, persons, person_times, hours from public.coverage_months(${unit}, ${YEAR}, ${group}, ${view})`
  const sums = (rows: { persons: number, person_times: number, hours: string }[]) => rows.reduce((sum, row) =>
    ({ persons: sum.persons + row.persons, times: sum.times + row.person_times, hours: sum.hours + Number(row.hours) }), { persons: 0, times: 0, hours: 0 })

  it('add up to the figure of the year, and are those of the cells for all residents', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const manager = await makeStaff(sql, places.county, places.willow, 'manager')
    for (const [index, home] of [places.willow, places.willow, places.orchard, places.harbour, places.harbour].entries()) {
      const person = await makePerson(sql, home, { birthYear: index % 2 ? 1990 : 1948 })
      for (let one = 0; one <= index; one++) await addFact(sql, person.id, { day: `2026-0${1 + (index * 3 + one * 2) % 9}-11`, category: one % 2 ? 'digital' : 'health', organised: one !== 1, hours: 0.5 + one })
      await addFact(sql, person.id, { day: '2026-07-01', status: 'absent' })
    }
    // A quarter to midnight on the last of January in Beijing is still January.
    await addFact(sql, (await makePerson(sql, places.willow, { birthYear: 1950 })).id, { at: '2026-01-31T23:45:00+08:00' })
    await drain(sql)
    for (const unit of [places.willow, places.township, places.county]) {
      const whole = await as(manager.account, inner => months(inner, unit))
      for (const { month, persons, person_times: times } of whole) expect({ month, persons, times }).toMatchObject({ month, ...(({ persons, times }) => ({ persons, times }))(await cellOf(sql, unit, { kind: 'month', slice: String(month).padStart(2, '0') })) })
      for (const group of ['resident', 'elderly']) {
        for (const view of ['all', 'organised', 'category:digital']) expect(sums(await as(manager.account, inner => months(inner, unit, group, view))), `${unit} ${group} ${view}`).toEqual(await cellOf(sql, unit, { view, slice: group }))
      }
    }
    expect(sums(await as(manager.account, inner => months(inner, places.county, 'elderly', 'category:digital'))).persons).toBeGreaterThan(0)
  }))

  it('are not told to who sees no people, nor of those in need to whom these are closed, nor where there are too many to count', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    await addFact(sql, (await makePerson(sql, places.willow)).id)
    await drain(sql)
    for (const who of [await makeStaff(sql, places.county, places.willow, 'inspector'), await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), await makePerson(sql, places.willow)]) {
      expect(await as(who.account, inner => months(inner, places.township))).toEqual([])
    }
    const tutor = await makeStaff(sql, places.township, places.willow, 'tutor')
    expect(await as(tutor.account, inner => months(inner, places.township))).toHaveLength(12)
    expect(await as(tutor.account, inner => months(inner, places.township, 'special_groups'))).toEqual([])
    await expect(as('anon', inner => months(inner, places.township))).rejects.toMatchObject({ code: '42501' })
    await sql`update public.coverage_cells set person_times = 300001 where axis = 0 and unit_id = ${places.township} and view_id = 1
      and slice_id = (select id from public.metric_slices where kind = 'month' and code = '05')`
    expect(await as(tutor.account, inner => months(inner, places.township))).toEqual([])
  }))
})
