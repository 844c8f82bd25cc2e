// Figures of any range of days: what the job counts is what the plainest count says, and for a whole year what the cells say.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countRange } from '../../metrics/range.ts'
import { committedAs, drain, makeNetwork, makePerson, makeStaff, pool, type Network, type Person, type Sql } from '../fixtures/database.ts'
import { addFact, cellOf } from '../fixtures/figures.ts'

let net: Network
let manager: Person
const people: number[] = []
const sql = pool
const YEARS = [2024, 2025]

// One region for all: years that are over, a new year in between, a township that moves with it, doubles, moves and corrections.
beforeAll(async () => {
  net = await makeNetwork(sql)
  manager = await makeStaff(sql, net.county, net.willow, 'manager')
  for (const home of [net.willow, net.orchard, net.harbour]) {
    for (const birthYear of [1950, 1990, 2014]) people.push((await makePerson(sql, home, { birthYear })).id)
  }
  const random = randomOf(7)
  for (const [index, person] of people.entries()) {
    for (let n = 0; n < 8; n++) {
      const day = new Date(Date.UTC(YEARS[n % 2]!, Math.floor(random() * 12), 1 + Math.floor(random() * 28))).toISOString().slice(0, 10)
      const fact = { day, hours: 0.25 + n, category: ['health', 'digital', null][n % 3]!, organised: n % 4 !== 0, ...(n === 5 && { groups: ['resident', 'special_groups'] }) }
      const id = await addFact(sql, person, fact)
      if (n === 6 && index % 2) await addFact(sql, person, { ...fact, status: 'cancelled', corrects: id })
      if (n === 7 && index % 3 === 0) await sql`update public.persons set residence_unit_id = ${[net.willow, net.orchard, net.harbour][index % 2 + 1]!} where id = ${person}`
    }
  }
  await addFact(sql, people[0]!, { at: '2024-12-31T23:59+08:00', day: '2024-12-31' })
  await addFact(sql, people[0]!, { at: '2025-01-01T00:00+08:00', day: '2025-01-01' })
  await sql`update public.persons set merged_into = ${people[0]!}, counts_as = ${people[0]!} where id = ${people[4]!}`
  await sql`update public.units set parent_id = ${net.otherTownship}, placed_on = '2025-01-01' where id = ${net.orchard}`
  await drain(sql)
}, 60_000)
afterAll(async () => { await sql`delete from public.range_figures` })

function randomOf(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

const ask = (unit: number, from: string, until: string, who = manager) => committedAs(who.account, async inner =>
  (await inner`select public.ask_range_figure(${unit}, ${from}, ${until}) as id`)[0]!.id as number)
async function counted(unit: number, from: string, until: string): Promise<number> {
  const id = await ask(unit, from, until)
  expect(await countRange(sql as postgres.Sql, id)).toBe('counted')
  return id
}
const kept = async (id: number) => Object.fromEntries((await sql`
  select concat_ws(' ', cell.unit_id, view.code, slice.code) as key, persons, person_times, seconds from public.range_figure_cells cell
  join public.metric_views view on view.id = view_id join public.metric_slices slice on slice.id = slice_id where range_id = ${id}`)
  .map(({ key, ...row }) => [key as string, [Number(row.persons), Number(row.person_times), Number(row.seconds)]]))

/** By the plainest count there is: no bits, no parts, no folded years. */
const plainly = async (unit: number, from: string, until: string) => Object.fromEntries((await sql`
  with counted as (
    select coalesce(person.counts_as, person.id) as somebody, fact.* from public.participations fact join public.persons person on person.id = fact.person_id
    where fact.status = 'attended' and fact.role in ('learner', 'guardian') and fact.id not in (select corrects from public.participations where corrects is not null)
      and (fact.started_at at time zone 'Asia/Shanghai')::date between ${from} and ${until}
  ), first as (
    select distinct on (somebody) somebody, path.ancestors from counted
    join public.unit_paths path on path.unit_id = counted.residence_unit_id and path.years @> counted.year::integer order by somebody, started_at, id
  ), rows as (
    select above as unit_id, view, named as code, counted.somebody, hours
    from counted join first using (somebody) cross join unnest(first.ancestors) as above cross join unnest(counted.groups) as named
    cross join unnest(array['all', case when organised then 'organised' end, 'category:' || category_id]) as view
    where view is not null and first.ancestors @> array[${unit}::integer]
      and (above = ${unit} or above = first.ancestors[array_position(first.ancestors, ${unit}::integer) + 1])
  )
  select concat_ws(' ', unit_id, view, code) as key, count(distinct somebody) as persons, count(*) as person_times, sum(hours) * 3600 as seconds from rows group by 1`)
  .map(({ key, ...row }) => [key as string, [Number(row.persons), Number(row.person_times), Number(row.seconds)]]))

describe('a range of days', () => {
  it('comes to what the plainest count says, in any days and at any unit', async () => {
    const day = fc.integer({ min: 0, max: 730 }).map(days => new Date(Date.UTC(2024, 0, 1 + days)).toISOString().slice(0, 10))
    await fc.assert(fc.asyncProperty(fc.constantFrom('county', 'township', 'otherTownship', 'orchard', 'harbour'), day, day, async (place, one, other) => {
      const [from, until] = [one, other].sort() as [string, string]
      const id = await counted(net[place as 'county'], from, until)
      expect(await kept(id)).toEqual(await plainly(net[place as 'county'], from, until))
    }), { numRuns: 15, seed: 42, examples: [['county', '2024-12-31', '2024-12-31'], ['county', '2025-01-01', '2025-01-01'], ['otherTownship', '2024-09-01', '2025-01-31']] })
  }, 60_000)

  it('that is a whole year is that year’s figures', async () => {
    for (const unit of [net.county, net.township, net.otherTownship]) {
      const found = await kept(await counted(unit, '2025-01-01', '2025-12-31'))
      for (const [view, slice] of [['all', 'resident'], ['organised', 'elderly'], ['category:digital', 'resident']] as const) {
        const { persons, times, hours } = await cellOf(sql, unit, { year: 2025, view, slice })
        expect(found[`${unit} ${view} ${slice}`] ?? [0, 0, 0], `${unit} ${view} ${slice}`).toEqual([persons, times, hours * 3600])
      }
    }
  })

  it('is counted as of one moment: what is recorded meanwhile counts nowhere, and a run that was taken for dead keeps nothing', async () => {
    const before = await plainly(net.county, '2025-03-01', '2025-11-30')
    const id = await ask(net.county, '2025-03-01', '2025-11-30')
    let calls = 0
    // Between two parts everybody turns out to have come earlier, and elsewhere.
    const result = await countRange(withPause(sql as postgres.Sql, async () => {
      if (calls++) return
      await sql.begin(async (inner) => { for (const person of people.slice(1, 4)) await addFact(inner as unknown as Sql, person, { day: '2025-03-01' }) })
      await drain(sql)
    }), id, () => true, 1)
    expect([result, calls > 1]).toEqual(['counted', true])
    expect(await kept(id)).toEqual(before)
    // A second run takes over from a first, whose parts no longer count.
    const next = await ask(net.county, '2025-03-01', '2025-11-30')
    const dead = randomUUID()
    await sql`select private.begin_range_figure(${next}, ${dead})`
    expect(await countRange(sql as postgres.Sql, next)).toBe('counted')
    expect((await sql`select private.keep_range_part(${next}, ${dead}, ${sql.json([[net.county, 1, 1, 5, 5, 5]])}, 1, 1) as kept`)[0]!.kept).toBe(false)
    expect(await kept(next)).toEqual(await plainly(net.county, '2025-03-01', '2025-11-30'))
  })

  it('opens to its records, page by page, also where it is found by walking', async () => {
    const [from, until] = ['2024-11-01', '2025-06-30']
    const id = await counted(net.county, from, until)
    const rows = async (below: number, group = 'resident', view = 'all') => {
      const found: { record_id: number, person_id: number, hours: string }[] = []
      for (let after = [0, 0]; ;) {
        const page = await committedAs(manager.account, inner => inner<typeof found>`select record_id, person_id, hours from public.range_records(${id}, ${below}, ${group}, ${view}, 3, ${after[0]!}, ${after[1]!})`)
        found.push(...page)
        if (page.length < 3) return found
        after = [page.at(-1)!.person_id, page.at(-1)!.record_id]
      }
    }
    const figures = await kept(id)
    for (const small of [true, false]) {
      if (!small) await sql`update public.range_figure_cells set person_times = 20001 where range_id = ${id} and view_id = 1`
      for (const [unit, view, group] of [[net.county, 'all', 'resident'], [net.township, 'category:health', 'resident'], [net.otherTownship, 'organised', 'elderly']] as const) {
        const found = await rows(unit, group, view)
        expect([new Set(found.map(row => row.person_id)).size, found.length, found.reduce((sum, row) => sum + Number(row.hours) * 3600, 0)], `${small} ${unit} ${view}`)
          .toEqual(figures[`${unit} ${view} ${group}`] ?? [0, 0, 0])
      }
    }
  })

  it('is for posts that see names there, and of people on official lists for those that see these', async () => {
    const id = await counted(net.county, '2025-01-01', '2025-06-30')
    const [inspector, elsewhere, publicist] = [await makeStaff(sql, net.county, net.willow, 'inspector'), await makeStaff(sql, net.otherTownship, net.willow, 'manager'), await makeStaff(sql, net.county, net.willow, 'tutor')]
    for (const who of [inspector, elsewhere, await makePerson(sql, net.willow)]) {
      expect(await committedAs(who.account, inner => inner`select id from public.range_figures where id = ${id}`)).toEqual([])
      expect(await committedAs(who.account, inner => inner`select * from public.range_figure_cells where range_id = ${id}`)).toEqual([])
      for (const call of ['range_by_group(1)', 'range_by_unit(1, \'resident\')', 'range_records(1, 1, \'resident\')'].map(one => one.replace('1', String(id)))) {
        await expect(committedAs(who.account, inner => inner.unsafe(`select * from public.${call}`)), call).rejects.toMatchObject({ code: 'PT404', message: 'range_unknown' })
      }
      await expect(ask(net.county, '2025-01-01', '2025-01-31', who)).rejects.toMatchObject({ code: 'PT403' })
    }
    const groups = async (who: Person) => (await committedAs(who.account, inner => inner`select group_id from public.range_by_group(${id})`)).map(row => row.group_id as string)
    const cells = async (who: Person) => Number((await committedAs(who.account, inner => inner`select count(*) from public.range_figure_cells cell join public.metric_slices slice on slice.id = slice_id
      where range_id = ${id} and slice.code = 'special_groups'`))[0]!.count)
    expect(await groups(manager)).toContain('special_groups')
    expect(await cells(manager)).toBeGreaterThan(0)
    expect(await groups(publicist)).not.toContain('special_groups')
    expect(await cells(publicist)).toBe(0)
    expect(await committedAs(publicist.account, inner => inner`select * from public.range_by_unit(${id}, 'special_groups')`)).toEqual([])
    expect(await committedAs(publicist.account, inner => inner`select * from public.range_records(${id}, ${net.county}, 'special_groups')`)).toEqual([])
    expect((await committedAs(manager.account, inner => inner`select name, persons from public.range_by_unit(${id}, 'resident')`)).map(row => row.name as string)).toEqual(['安溪县', '柳溪镇', '港口镇'])
    await expect(committedAs(publicist.account, inner => inner`select public.remove_range_figure(${id})`)).rejects.toMatchObject({ code: 'PT403', message: 'range_not_yours' })
    await committedAs(manager.account, inner => inner`select public.remove_range_figure(${id})`)
    expect(await sql`select from public.range_figure_cells where range_id = ${id}`).toHaveLength(0)
  })

  it('is refused where its days make no sense; of the same that waits there is one, and of those that wait five', async () => {
    const today = (await sql`select private.china_date(now())::text as day, (private.china_date(now()) + 1)::text as tomorrow`)[0]!
    for (const [from, until, code] of [['2025-02-02', '2025-02-01', 'until_before_from'], ['2025-02-01', today.tomorrow as string, 'range_not_over'], ['2020-01-01', '2023-01-01', 'range_too_long'], ['1999-12-31', '2000-03-01', 'day_invalid']] as const) {
      await expect(ask(net.county, from, until), code).rejects.toMatchObject({ code: 'PT422', message: code })
    }
    const other = await makeStaff(sql, net.county, net.willow, 'manager')
    const same = await Promise.all([1, 2, 3, 4].map(n => ask(net.county, '2020-01-01', '2022-12-31', n % 2 ? manager : other)))
    expect(new Set(same).size).toBe(1)
    const asked = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(n => ask(net.township, '2020-01-01', `2020-02-0${n}`, other)))
    expect(asked.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(5)
    expect(asked.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'PT409', message: 'ranges_waiting' } })
    const [dropped] = await sql`select id from public.range_figures where state = 'waiting' limit 1`
    await sql`delete from public.range_figures where state = 'waiting'`
    expect(await countRange(sql as postgres.Sql, dropped!.id as number)).toBe('dropped')
  })
})

/** The same connections, with something done before each part is kept. */
function withPause(connections: postgres.Sql, between: () => Promise<void>): postgres.Sql {
  const tagged = async (strings: TemplateStringsArray, ...values: unknown[]) => {
    if (strings[0]!.includes('keep_range_part')) await between()
    return connections(strings, ...values as never[])
  }
  return Object.assign(tagged, { begin: connections.begin.bind(connections), json: connections.json }) as unknown as postgres.Sql
}
