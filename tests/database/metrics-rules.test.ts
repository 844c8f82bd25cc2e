// The counting rules of participation figures, one test each, in the order of their numbers.
import { describe, expect, it } from 'vitest'
import { drain, makeNetwork, makePerson, makeStaff, makeUnit, withRollback, type As, type Network, type Sql, type Transaction } from '../fixtures/database.ts'
import { addFact, cellOf } from '../fixtures/figures.ts'
import { ago, makePlace, makeService, makeShift, makeVolunteer } from '../fixtures/volunteers.ts'

const inNetwork = (test: (sql: Transaction, places: Network, as: As) => Promise<unknown>) =>
  withRollback(async (sql, as) => test(sql, await makeNetwork(sql), as))

const populate = (sql: Sql, unitId: number, count: number) => sql`
  insert into public.populations (unit_id, year, group_id, count, source, as_of) values (${unitId}, 2026, 'resident', ${count}, '户籍年报', '2026-01-01')`

const coverage = async (sql: Sql, as: As, places: Network, unitId: number) => {
  await drain(sql)
  const { account } = await makeStaff(sql, places.county, places.willow, 'manager')
  return as(account, sql => sql`select * from public.coverage_by_unit(${unitId}, 2026, 'resident')`)
}

describe('the counting rules', () => {
  it('1: a person counts once per unit and year, whoever taught; person-times and hours are figures of their own', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    await addFact(sql, mei.id, { host: places.school })
    await addFact(sql, mei.id, { host: places.school, category: 'law', hours: 2 })
    await addFact(sql, mei.id, { host: places.otherTownship })
    for (const unit of [places.willow, places.township, places.county]) expect(await cellOf(sql, unit)).toEqual({ persons: 1, times: 3, hours: 4 })
    expect(await cellOf(sql, places.county, { view: 'category:law' })).toEqual({ persons: 1, times: 1, hours: 2 })
    expect(await cellOf(sql, places.township, { axis: 1 })).toEqual({ persons: 1, times: 2, hours: 3 })
    expect(await cellOf(sql, places.otherTownship, { axis: 1 })).toEqual({ persons: 1, times: 1, hours: 1 })
    // Distinct again above: the two townships together taught one person.
    expect(await cellOf(sql, places.county, { axis: 1 })).toEqual({ persons: 1, times: 3, hours: 4 })
  }))

  it('2: only attended rows count; a cancelled or corrected one drops out at once', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    for (const status of ['signed_up', 'waiting', 'absent', 'cancelled']) await addFact(sql, mei.id, { status })
    expect(await cellOf(sql, places.county)).toEqual({ persons: 0, times: 0, hours: 0 })
    const attended = await addFact(sql, mei.id)
    expect((await cellOf(sql, places.county)).persons).toBe(1)
    await addFact(sql, mei.id, { status: 'cancelled', corrects: attended })
    expect(await cellOf(sql, places.county)).toEqual({ persons: 0, times: 0, hours: 0 })
  }))

  it('3: a head count without names gives attendances beside the figures, never coverage', () => inNetwork(async (sql, places, as) => {
    await addFact(sql, (await makePerson(sql, places.willow)).id, { host: places.school })
    const manager = await makeStaff(sql, places.school, places.willow, 'manager')
    const before = [await cellOf(sql, places.township), await cellOf(sql, places.township, { axis: 1 })]
    await as(manager.account, one => one`select public.record_head_count(${places.school}, 'activity', 'health', '广场文艺演出', '2026-05-01T19:00+08:00', '2026-05-01T21:00+08:00', 180, '数了两遍')`)
    expect([await cellOf(sql, places.township), await cellOf(sql, places.township, { axis: 1 })]).toEqual(before)
    const months = await as(manager.account, one => one`select month, person_times from public.head_counts_by_month(${places.township}, 2026) where person_times > 0`)
    expect(months).toEqual([{ month: 5, person_times: 180 }])
    const listed = async (month: number) => (await as(manager.account, one => one`select persons from public.list_head_counts(${places.township}, 2026, 50, 0, ${month})`)).map(row => row.persons)
    expect([await listed(5), await listed(6)]).toEqual([[180], []])
    // And every fact names a person: there is no other way into a cell.
    const [column] = await sql`select attnotnull from pg_attribute where attrelid = 'public.participations'::regclass and attname = 'person_id'`
    expect(column).toEqual({ attnotnull: true })
  }))

  it('4: a person belongs to home and groups of the day; moving house changes nothing past', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow, { birthYear: 1990 })
    await addFact(sql, mei.id, { groups: ['migrant_registered', 'resident'] })
    await sql`update public.persons set residence_unit_id = ${places.harbour} where id = ${mei.id}`
    await addFact(sql, mei.id, { day: '2026-09-01', groups: ['resident'] })
    expect(await cellOf(sql, places.willow)).toEqual({ persons: 1, times: 2, hours: 2 })
    expect(await cellOf(sql, places.willow, { slice: 'migrant_registered' })).toEqual({ persons: 1, times: 1, hours: 1 })
    expect((await cellOf(sql, places.harbour)).persons).toBe(0)
  }))

  it('5: the year is that of the start, in China', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    await addFact(sql, mei.id, { at: '2025-12-31T23:59:59+08:00' })
    await addFact(sql, mei.id, { at: '2025-12-31T16:00:00Z' })
    expect((await cellOf(sql, places.county, { year: 2025 })).times).toBe(1)
    expect((await cellOf(sql, places.county, { year: 2026 })).times).toBe(1)
    expect((await cellOf(sql, places.county, { year: 2026, kind: 'month', slice: '01' })).persons).toBe(1)
  }))

  it('6: only residents of the unit count, so a rate passes 100 % only where the denominator is wrong, and is not capped', () => inNetwork(async (sql, places, as) => {
    await populate(sql, places.harbour, 1)
    await addFact(sql, (await makePerson(sql, places.willow)).id, { host: places.harbour })
    for (let n = 0; n < 2; n++) await addFact(sql, (await makePerson(sql, places.harbour)).id)
    const [, harbour] = await coverage(sql, as, places, places.otherTownship)
    expect(harbour).toMatchObject({ unit_id: places.harbour, persons: 2, population: 1 })
  }))

  it('7: self-study counts in all learning and not in what was organised', () => inNetwork(async (sql, places) => {
    await addFact(sql, (await makePerson(sql, places.willow)).id, { organised: false, channel: 'web' })
    expect((await cellOf(sql, places.county)).persons).toBe(1)
    expect((await cellOf(sql, places.county, { view: 'organised' })).persons).toBe(0)
    expect((await cellOf(sql, places.county, { kind: 'channel', slice: 'web' })).persons).toBe(1)
  }))

  it('8: trainees, tutors, lecturers and helpers are no residents reached; guardians are', () => inNetwork(async (sql, places) => {
    for (const role of ['trainee', 'tutor', 'lecturer', 'volunteer', 'organiser']) await addFact(sql, (await makePerson(sql, places.willow)).id, { role })
    expect((await cellOf(sql, places.county)).persons).toBe(0)
    await addFact(sql, (await makePerson(sql, places.willow)).id, { role: 'guardian' })
    expect((await cellOf(sql, places.county)).persons).toBe(1)
  }))

  it('9: hours per person are the year\'s hours beside the distinct persons and the residents', () => inNetwork(async (sql, places, as) => {
    await populate(sql, places.otherTownship, 40)
    const hai = await makePerson(sql, places.harbour)
    for (const hours of [1.5, 0.25, 0.33]) await addFact(sql, hai.id, { hours })
    const [township] = await coverage(sql, as, places, places.otherTownship)
    expect(township).toMatchObject({ persons: 1, population: 40, hours: '2.08' })
  }))

  it('10: the share of volunteers is who is registered and has confirmed service in the window, among the residents', () => withRollback(async (sql, as) => {
    const service = await makeService(sql)
    const { places, manager } = service
    await populate(sql, places.township, 400)
    const serve = async (who: { id: number, account: string }, confirm = true) => {
      const shift = await makeShift(sql, as, service, { from: ago(30), to: ago(28) })
      await makePlace(sql, shift, who, ago(30), ago(28), 'scanned')
      if (confirm) await as(manager.account, one => one`select * from public.confirm_service(${shift})`)
    }
    const [mei, hua, unconfirmed] = [await makeVolunteer(sql, service), await makeVolunteer(sql, service, '李桂花'), await makeVolunteer(sql, service, '赵敏')]
    await makeVolunteer(sql, service, '周杰') // registered, and did nothing
    for (const who of [mei, mei, hua]) await serve(who)
    await serve(unconfirmed, false)
    // Attending is no service, and service is no attendance.
    await addFact(sql, unconfirmed.id, { day: '2026-05-01' })
    const share = async (from: string, until: string) => (await as(manager.account, one => one`select * from public.volunteer_share(${places.township}, ${from}, ${until})`))[0]!
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
    expect(await share(`${today.slice(0, 4)}-01-01`, today)).toMatchObject({ registered: 4, served: 2, minutes: 240, residents: 400, missing_count: 0 }) // two hours at once are two hours
    expect(await share(`${today.slice(0, 4)}-01-01`, `${today.slice(0, 4)}-01-02`)).toMatchObject({ registered: 4, served: 0, minutes: 0, residents: 400 })
    expect((await cellOf(sql, places.county)).persons).toBe(1)
  }))

  it('11: no denominator is no rate; nobody in a known place is zero', () => inNetwork(async (sql, places, as) => {
    await populate(sql, places.willow, 300)
    const rows = await coverage(sql, as, places, places.township)
    expect(rows.find(row => row.unit_id === places.willow)).toMatchObject({ persons: 0, population: 300 })
    expect(rows.find(row => row.unit_id === places.orchard)).toMatchObject({ persons: 0, population: null })
  }))

  it('12: a figure carries numerator, denominator, source, date, approval and who has no data', () => inNetwork(async (sql, places, as) => {
    await populate(sql, places.willow, 300)
    await addFact(sql, (await makePerson(sql, places.willow)).id)
    const [township, willow] = await coverage(sql, as, places, places.township)
    expect(willow).toMatchObject({ persons: 1, population: 300, population_source: '户籍年报', population_as_of: new Date('2026-01-01'), population_approved: false, missing_count: 0 })
    expect(township).toMatchObject({ persons: 1, population: null, population_as_of: null, population_approved: null, missing_count: 1, missing_names: ['果园村'] })
    // A sum is as old as the oldest of its parts, and approved where all of them are.
    await sql`insert into public.populations (unit_id, year, group_id, count, source, as_of, status) values (${places.orchard}, 2026, 'resident', 200, '统计局', '2025-11-30', 'approved')`
    expect((await coverage(sql, as, places, places.township))[0]).toMatchObject({ population: 500, population_source: null, population_as_of: new Date('2025-11-30'), population_approved: false })
    await sql`update public.populations set status = 'approved' where unit_id = ${places.willow}`
    expect((await coverage(sql, as, places, places.township))[0]).toMatchObject({ population: 500, population_as_of: new Date('2025-11-30'), population_approved: true })
    const { account } = await makeStaff(sql, places.county, places.willow, 'manager')
    const [byGroup] = await as(account, one => one`select population, population_as_of, population_approved from public.coverage_by_group(${places.township}, 2026) where group_id = 'resident'`)
    expect(byGroup).toEqual({ population: 500, population_as_of: new Date('2025-11-30'), population_approved: true })
  }))
})

describe('the tree of each year', () => {
  it('a village that moves leaves the years before as they were reported', () => inNetwork(async (sql, places, as) => {
    const mei = await makePerson(sql, places.willow)
    await addFact(sql, mei.id, { day: '2025-05-01', host: places.willow })
    await addFact(sql, mei.id, { day: '2026-05-01', host: places.willow })
    await drain(sql)
    await sql`update public.units set parent_id = ${places.otherTownship}, placed_on = '2026-03-01' where id = ${places.willow}`
    for (const axis of [0, 1]) {
      expect((await cellOf(sql, places.township, { axis, year: 2025 })).persons).toBe(1)
      expect((await cellOf(sql, places.otherTownship, { axis, year: 2025 })).persons).toBe(0)
      expect((await cellOf(sql, places.township, { axis, year: 2026 })).persons).toBe(0)
      expect((await cellOf(sql, places.otherTownship, { axis, year: 2026 })).persons).toBe(1)
      expect((await cellOf(sql, places.county, { axis, year: 2026 })).persons).toBe(1)
    }
    const { account } = await makeStaff(sql, places.township, places.orchard, 'manager')
    const shown = (year: number) => as(account, async sql => (await sql`select unit_id from public.coverage_by_unit(${places.township}, ${year}, 'resident')`).map(row => row.unit_id))
    expect(await shown(2025)).toEqual(expect.arrayContaining([places.willow, places.orchard]))
    expect(await shown(2026)).not.toContain(places.willow)
  }))

  it('a village merged into another adds its people up there, from that year on', () => inNetwork(async (sql, places) => {
    for (const day of ['2025-05-01', '2026-05-01']) await addFact(sql, (await makePerson(sql, places.orchard)).id, { day })
    await addFact(sql, (await makePerson(sql, places.willow)).id)
    await drain(sql)
    await sql`update public.units set parent_id = ${places.willow}, placed_on = '2026-06-30', closed_on = '2026-06-30' where id = ${places.orchard}`
    expect((await cellOf(sql, places.willow, { year: 2025 })).persons).toBe(0)
    expect((await cellOf(sql, places.willow)).persons).toBe(2)
    expect((await cellOf(sql, places.orchard)).persons).toBe(1)
    expect((await cellOf(sql, places.township)).persons).toBe(2)
  }))

  it('a village split off takes only those who live there from then on', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    await addFact(sql, mei.id, { day: '2025-05-01' })
    const split = await makeUnit(sql, places.township, 'village', '新柳村')
    await sql`update public.persons set residence_unit_id = ${split} where id = ${mei.id}`
    await addFact(sql, mei.id)
    expect((await cellOf(sql, places.willow, { year: 2025 })).persons).toBe(1)
    expect((await cellOf(sql, places.willow)).persons).toBe(0)
    expect((await cellOf(sql, split)).persons).toBe(1)
    expect((await cellOf(sql, places.township)).persons).toBe(1)
  }))

  it('whoever was taught in and beside the village that left stays counted where they were taught', () => inNetwork(async (sql, places) => {
    const mei = await makePerson(sql, places.willow)
    await addFact(sql, mei.id, { host: places.willow, category: 'law' })
    await addFact(sql, mei.id, { host: places.school })
    await addFact(sql, (await makePerson(sql, places.harbour)).id, { host: places.willow })
    await drain(sql)
    await sql`update public.units set parent_id = ${places.otherTownship}, placed_on = '2026-03-01' where id = ${places.willow}`
    expect(await cellOf(sql, places.township, { axis: 1 })).toEqual({ persons: 1, times: 1, hours: 1 })
    expect(await cellOf(sql, places.township, { axis: 1, view: 'category:law' })).toEqual({ persons: 0, times: 0, hours: 0 })
    expect(await cellOf(sql, places.otherTownship, { axis: 1 })).toEqual({ persons: 2, times: 2, hours: 2 })
    expect(await cellOf(sql, places.county, { axis: 1 })).toEqual({ persons: 2, times: 3, hours: 3 })
  }))
})

describe('a person registered twice', () => {
  it('counts once after the merge and twice again when it is undone', () => inNetwork(async (sql, places) => {
    const [mei, double] = [await makePerson(sql, places.willow), await makePerson(sql, places.orchard)]
    await addFact(sql, mei.id, { day: '2026-03-01' })
    await addFact(sql, double.id, { day: '2026-02-01' })
    await addFact(sql, double.id, { day: '2025-02-01' })
    expect((await cellOf(sql, places.county)).persons).toBe(2)
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${double.id}`
    expect(await cellOf(sql, places.county)).toEqual({ persons: 1, times: 2, hours: 2 })
    // The home is that of the year's first event, now 果园村.
    expect([(await cellOf(sql, places.orchard)).times, (await cellOf(sql, places.willow)).times]).toEqual([2, 0])
    expect((await cellOf(sql, places.orchard, { year: 2025 })).persons).toBe(1)
    await sql`update public.persons set merged_into = null, counts_as = null where id = ${double.id}`
    expect((await cellOf(sql, places.county)).persons).toBe(2)
    expect((await cellOf(sql, places.willow)).persons).toBe(1)
  }))
})
