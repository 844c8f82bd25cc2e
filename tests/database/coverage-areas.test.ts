// Urban and rural coverage has denominators: figures of an area where they were entered, else whole villages by what they are; and a
// population below the people reached can be told.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Sql, drain, makeNetwork, makePerson, makeStaff, withRollback } from '../fixtures/database.ts'

const YEAR = 2025
const populate = (sql: Sql, unit: number, count: number, area = 'all') => sql`insert into public.populations (unit_id, year, group_id, area, count, source, as_of)
  values (${unit}, ${YEAR}, 'resident', ${area}, ${count}, '统计局年报', '2025-06-30')`

it('adds up what was entered for the area, and whole villages by what the network says of them; one missing leaves no number', () => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  const manager = await makeStaff(sql, net.county, net.willow, 'manager')
  const missing = async (unit: number) => Object.fromEntries((await as(manager.account, one => one`select area, missing_names from public.coverage_areas(${unit}, ${YEAR})`)).map(row => [row.area as string, row.missing_names]))
  const areas = async (unit: number) => Object.fromEntries((await as(manager.account, one => one`select * from public.coverage_areas(${unit}, ${YEAR})`))
    .map(({ area, population, missing_count: missing }) => [area as string, [population, missing]]))
  expect(await areas(net.county)).toEqual({ rural: [null, 3], urban: [0, 0] })
  expect(await missing(net.township)).toEqual({ rural: ['柳溪村', '果园村'], urban: [] })
  await populate(sql, net.willow, 900)
  await populate(sql, net.orchard, 400)
  expect(await areas(net.township)).toEqual({ rural: [1300, 0], urban: [0, 0] })
  // A village at the edge of town: its own numbers by area say more than what it is as a whole.
  await sql`update public.units set area = 'urban' where id = ${net.orchard}`
  expect(await areas(net.township)).toEqual({ rural: [900, 0], urban: [400, 0] })
  await populate(sql, net.orchard, 150, 'rural')
  await populate(sql, net.orchard, 250, 'urban')
  expect(await areas(net.township)).toEqual({ rural: [1050, 0], urban: [250, 0] })
  expect(await areas(net.county)).toEqual({ rural: [null, 1], urban: [250, 0] })
  // What the county entered for the area itself goes before its parts.
  await populate(sql, net.county, 5000, 'rural')
  expect(await areas(net.county)).toEqual({ rural: [5000, 0], urban: [250, 0] })
  const stranger = await makePerson(sql, net.harbour)
  expect(await as(stranger.account, one => one`select * from public.coverage_areas(${net.county}, ${YEAR})`)).toEqual([])
}))

it('is never another number than the sum of its villages, whatever is entered where', () => fc.assert(fc.asyncProperty(
  fc.array(fc.record({ is: fc.constantFrom('urban', 'rural'), all: fc.option(fc.nat(5000)), urban: fc.option(fc.nat(500)), rural: fc.option(fc.nat(500)) }), { minLength: 3, maxLength: 3 }),
  villages => withRollback(async (sql, as) => {
    const net = await makeNetwork(sql)
    const manager = await makeStaff(sql, net.county, net.willow, 'manager')
    const expected = { urban: 0 as number | null, rural: 0 as number | null }
    for (const [index, unit] of [net.willow, net.orchard, net.harbour].entries()) {
      const { is, ...numbers } = villages[index]!
      await sql`update public.units set area = ${is} where id = ${unit}`
      for (const [area, count] of Object.entries(numbers)) if (count !== null) await populate(sql, unit, count, area)
      for (const area of ['urban', 'rural'] as const) {
        const here = numbers[area] ?? (is === area ? numbers.all : 0)
        expected[area] = expected[area] === null || here === null ? null : expected[area] + here
      }
    }
    const rows = await as(manager.account, one => one`select area, population from public.coverage_areas(${net.county}, ${YEAR})`)
    expect(Object.fromEntries(rows.map(row => [row.area as string, row.population]))).toEqual(expected)
  })), { numRuns: 25 }))

it('tells how many people were reached at a unit and right below it, beside which a smaller population is wrong', () => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  const manager = await makeStaff(sql, net.township, net.willow, 'manager')
  for (const home of [net.willow, net.willow, net.orchard]) {
    const { id } = await makePerson(sql, home)
    await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, area, groups, birth_year, sex, started_at, ended_at, hours, status, channel, entry_source)
      values (${`reached:${id}`}, ${id}, 'training', true, 'learner', ${home}, 'rural', '{resident}', 1955, 'female', ${new Date(`${YEAR}-03-01T01:00:00Z`)}, ${new Date(`${YEAR}-03-01T02:00:00Z`)}, 1, 'attended', 'onsite', 'scan')`
  }
  await drain(sql)
  const codes = new Map((await sql`select id, code from public.units`).map(({ id, code }) => [code as string, id as number]))
  const reached = async (account: string) => Object.fromEntries((await as(account, one => one`select unit_code, persons from public.people_reached(${net.township}, ${YEAR}) where group_id = 'resident' and area = 'all'`))
    .map(row => [codes.get(row.unit_code as string), row.persons]))
  expect(await reached(manager.account)).toEqual({ [net.township]: 3, [net.willow]: 2, [net.orchard]: 1 })
  const byArea = await as(manager.account, one => one`select group_id, area, persons from public.people_reached(${net.willow}, ${YEAR}) order by area`)
  expect(byArea).toEqual([{ group_id: 'resident', area: 'all', persons: 2 }, { group_id: 'resident', area: 'rural', persons: 2 }])
  expect(await reached((await makePerson(sql, net.willow)).account)).toEqual({})
  // Who reads figures without names would learn how many of few came.
  expect(await reached((await makeStaff(sql, net.township, net.willow, 'inspector')).account)).toEqual({})
}))
