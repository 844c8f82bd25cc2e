// The night's check: a cell that lies is found on either axis, named with its place, and told to whoever sees figures. It locks
// nothing, and what is recorded, merged and folded in meanwhile is no difference.
import postgres from 'postgres'
import { describe, expect, it } from 'vitest'
import { type As, type Network, type Transaction, databaseUrl, drain, makeNetwork, makePerson, makeStaff, pool, withRollback } from '../fixtures/database.ts'
import { addFact } from '../fixtures/figures.ts'

const inNetwork = (test: (sql: Transaction, places: Network, as: As) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const [mei, hua, hai] = [await makePerson(sql, places.willow), await makePerson(sql, places.orchard), await makePerson(sql, places.harbour)]
  for (const { id } of [mei, hua, hai]) {
    await addFact(sql, id, { host: places.school })
    await addFact(sql, id, { host: places.otherTownship, category: 'law', hours: 2, day: '2026-07-01', channel: 'web', organised: false })
    await addFact(sql, id, { host: places.harbour, day: '2025-07-01' })
  }
  await drain(sql)
  await test(sql, places, as)
})

const check = async (sql: Transaction, county: number) => (await sql`select private.check_figures(private.china_date(now()), ${county}) as found`)[0]!.found as number
const lastCheck = async (sql: Transaction) => (await sql`select county_id, cells_checked, differences from private.figure_checks order by id desc limit 1`)[0]!
const falsify = (sql: Transaction, unit: number, axis: number, { year = 2026, kind = 'group', slice = 'resident', view = 'all' } = {}) => sql`
  update public.coverage_cells cell set persons = persons + 1 from public.metric_slices slice, public.metric_views view
  where slice.id = slice_id and view.id = view_id and slice.kind = ${kind} and slice.code = ${slice} and view.code = ${view}
    and cell.year = ${year} and axis = ${axis} and unit_id = ${unit} returning cell.persons`

describe('the recount of a county', () => {
  it('agrees with what was folded in, and notes which county it was', () => inNetwork(async (sql, places) => {
    expect(await check(sql, places.county)).toBe(0)
    const last = await lastCheck(sql)
    expect(last).toMatchObject({ county_id: places.county, differences: [] })
    const [cells] = await sql`select count(*)::integer from public.coverage_cells where unit_id in (
      select unit_id from public.unit_paths where ancestors @> array[${places.county}::integer])`
    expect(last.cells_checked).toBe(cells!.count)
    expect(cells!.count).toBeGreaterThan(100)
  }))

  it('finds a township\'s cell that lies on the axis of organisers, and names it', () => inNetwork(async (sql, places, as) => {
    expect(await falsify(sql, places.township, 1)).toEqual([{ persons: 4 }])
    expect(await check(sql, places.county)).toBe(1)
    expect((await lastCheck(sql)).differences).toEqual([{
      what: 'cell', year: 2026, axis: 1, view: 'all', slice: 'group:resident', unit: places.township, stored: '4/3/10800', counted: '3/3/10800' }])
    const { account } = await makeStaff(sql, places.willow, places.willow, 'inspector')
    expect(await as(account, one => one`select * from public.figure_check_standing()`)).toMatchObject([
      { county: '安溪县', differing_persons: 0, differing_sums: 0, differing_cells: 1, units: ['柳溪镇'], is_overdue: false, is_mine: false }])
  }))

  it('finds one of another year, of a month, of a category, and one that is not there', () => inNetwork(async (sql, places) => {
    for (const [unit, axis, which] of [[places.willow, 0, { kind: 'month', slice: '05' }], [places.county, 0, { view: 'category:law' }], [places.harbour, 1, { year: 2025 }]] as const)
      expect(await falsify(sql, unit, axis, which)).toHaveLength(1)
    await sql`delete from public.coverage_cells where unit_id = ${places.orchard} and axis = 0 and year = 2026 and view_id = 2
      and slice_id = (select id from public.metric_slices where kind = 'area' and code = 'rural')`
    await check(sql, places.county)
    const { differences } = await lastCheck(sql)
    expect(differences.filter(({ what }: { what: string }) => what === 'cell').map(({ unit, axis, year, view, slice }: Record<string, unknown>) => [unit, axis, year, view, slice]))
      .toEqual(expect.arrayContaining([
        [places.willow, 0, 2026, 'all', 'month:05'], [places.county, 0, 2026, 'category:law', 'group:resident'], [places.harbour, 1, 2025, 'all', 'group:resident'],
        [places.orchard, 0, 2026, 'organised', 'area:rural'],
      ]))
  }))

  it('picks a county by itself', () => inNetwork(async (sql) => {
    await sql`select private.check_figures()`
    const [row] = await sql`select unit.level from private.figure_checks check_of join public.units unit on unit.id = check_of.county_id order by check_of.id desc limit 1`
    expect(row).toEqual({ level: 'county' })
  }))
})

describe('what the last check said', () => {
  it('is told to posts that see figures, and to no others', () => inNetwork(async (sql, places, as) => {
    const standing = (account: string) => as(account, async one => (await one`select * from public.figure_check_standing()`)[0])
    const [inspector, head, nobody] = [await makeStaff(sql, places.willow, places.willow, 'inspector'), await makeStaff(sql, places.city, places.willow, 'head'), await makePerson(sql, places.willow)]
    await expect(standing(nobody.account)).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    await check(sql, places.county)
    expect(await standing(inspector.account)).toMatchObject({ county: '安溪县', differing_cells: 0, is_overdue: false, is_mine: false })
    expect(await standing(head.account)).toMatchObject({ is_mine: true })
    await expect(as('anon', one => one`select * from public.figure_check_standing()`)).rejects.toMatchObject({ code: '42501' })
  }))

  it('is overdue when two nights are missing, and where there never was one although something was recorded', () => inNetwork(async (sql, places, as) => {
    const { account } = await makeStaff(sql, places.city, places.willow, 'head')
    const isOverdue = () => as(account, async one => (await one`select is_overdue from public.figure_check_standing()`)[0]!.is_overdue as boolean)
    expect(await isOverdue()).toBe(false)
    await addFact(sql, (await makePerson(sql, places.willow)).id)
    await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, entered_at)
      select 'overdue:' || id, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, now() - interval '3 days'
      from public.participations limit 1`
    expect(await isOverdue()).toBe(true)
    await check(sql, places.county)
    expect(await isOverdue()).toBe(false)
    for (const [hours, overdue] of [[30, false], [49, false], [51, true]] as const) {
      await sql`update private.figure_checks set checked_at = now() - make_interval(hours => ${hours})`
      expect(await isOverdue()).toBe(overdue)
    }
  }))
})

it('what is recorded, corrected, merged and folded in while it runs is no difference', async () => {
  const places = await makeNetwork(pool)
  const people = await Promise.all([places.willow, places.orchard, places.harbour, places.willow].map(home => makePerson(pool, home)))
  let isOver = false
  const until = async (act: (n: number) => Promise<unknown>) => { for (let n = 0; !isOver; n++) await act(n) }
  const [first, second] = [people[0]!, people[3]!]
  const backstage = [
    until(async (n) => {
      const id = await addFact(pool, people[n % 4]!.id, { host: n % 2 ? places.school : places.harbour, category: n % 3 ? 'law' : 'health' })
      if (n % 5 === 0) await addFact(pool, people[n % 4]!.id, { status: 'cancelled', corrects: id })
    }),
    until(n => pool`update public.persons set counts_as = ${n % 2 ? null : first.id}, merged_into = ${n % 2 ? null : first.id} where id = ${second.id}`),
    until(() => pool`select private.drain_marks(20)`),
  ]
  try {
    for (let n = 0; n < 15; n++) {
      const rows = await pool`select * from private.cells_that_differ(${places.county}, 2026::smallint) where checked is null`
      expect(rows).toEqual([])
    }
  }
  finally {
    isOver = true
    await Promise.all(backstage)
  }
  await drain(pool)
  expect(await pool`select * from private.cells_that_differ(${places.county}, 2026::smallint) where checked is null`).toEqual([])
  expect((await pool`select private.check_figures(private.china_date(now()), ${places.county}) as found`)[0]).toEqual({ found: 0 })
}, 60_000)

it('a recount that is killed leaves nothing behind, and the next one begins anew', async () => {
  const places = await makeNetwork(pool)
  await addFact(pool, (await makePerson(pool, places.willow)).id, { host: places.school })
  await drain(pool)
  const day = '2071-03-01'
  const [barrier, victim] = [await pool.reserve(), postgres(databaseUrl, { max: 1, onnotice: () => {} })]
  try {
    await barrier`begin`
    await barrier`lock table public.coverage_cells in access exclusive mode`
    const [{ pid }] = await victim`select pg_backend_pid() as pid` as unknown as [{ pid: number }]
    const run = victim`select private.check_figures(${day}, ${places.county})`.then(() => 'done', () => 'killed')
    await expect.poll(async () => (await pool`select wait_event_type from pg_stat_activity where pid = ${pid}`)[0]?.wait_event_type, { timeout: 20_000 }).toBe('Lock')
    await pool`select pg_terminate_backend(${pid})`
    expect(await run).toBe('killed')
  }
  finally {
    await barrier`rollback`
    barrier.release()
    await victim.end({ timeout: 1 })
  }
  expect(await pool`select from private.figure_checks where day = ${day}`).toEqual([])
  // Two servers at once, too, find nothing that the other does.
  const found = await Promise.all([1, 2].map(async () => (await pool`select private.check_figures(${day}, ${places.county}) as found`)[0]!.found as number))
  expect(found).toEqual([0, 0])
}, 60_000)
