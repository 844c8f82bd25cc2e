// What was reported of a past year stays right when the network changes: populations, head counts and volunteers go by the tree of that year.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type As, type Network, type Person, type Transaction, makeNetwork, makePerson, makeStaff, makeUnit, withRollback } from '../fixtures/database.ts'

const TODAY = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
const THIS_YEAR = Number(TODAY.slice(0, 4))
const LAST_YEAR = THIS_YEAR - 1

interface Scene { sql: Transaction, as: As, net: Network, city: Person, town: Person, code: (id: number) => Promise<string> }
const scene = (test: (scene: Scene) => Promise<unknown>) => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  await test({ sql, as, net, city: await makeStaff(sql, net.city, net.harbour, 'manager'), town: await makeStaff(sql, net.township, net.harbour, 'manager'),
    code: async id => (await sql`select code from public.units where id = ${id}`)[0]!.code as string })
})

const populate = (sql: Transaction, unit: number, count: number, year = LAST_YEAR) => sql`
  insert into public.population_versions (unit_id, year, group_id, count, source, as_of) values (${unit}, ${year}, 'resident', ${count}, '年报', ${`${year}-06-30`})`
const ask = ({ as }: Scene, who: Person, text: string, ...values: (number | string)[]) => as(who.account, one => one.unsafe(text, values))
const sumOf = async (at: Scene, unit: number, year = LAST_YEAR, who = at.city) =>
  (await ask(at, who, `select own, below::integer, missing from public.population_sums($1, $2) where group_id = 'resident'`, unit, year))[0] as { own: number | null, below: number | null, missing: number } | undefined
const denominatorOf = async (at: Scene, unit: number, year = LAST_YEAR) =>
  (await ask(at, at.city, `select population::integer, missing_count from public.coverage_by_unit($1, $2, 'resident') where is_parent`, unit, year))[0] as unknown as { population: number | null, missing_count: number }
const gapsOf = async (at: Scene, unit: number, year = LAST_YEAR, who = at.city) =>
  (await ask(at, who, 'select unit_code as code, above_name as above from public.population_gaps($1, $2, 500)', unit, year)).map(row => `${row.above as string} ${row.code as string}`).sort()
const gridOf = async (at: Scene, unit: number, year = LAST_YEAR, who = at.city) =>
  (await ask(at, who, `select unit_code as code, count from public.population_grid($1, $2) where coalesce(group_id, 'resident') = 'resident'`, unit, year)).map(row => `${row.code as string} ${row.count as string}`).sort()
const tableOf = async (at: Scene, unit: number, year = LAST_YEAR) =>
  (await ask(at, at.city, 'select unit_code as code, count from public.population_table($1, $2)', unit, year)).map(row => `${row.code as string} ${row.count as string}`).sort()

const move = async ({ as, city, code }: Scene, unit: number, below: number) => as(city.account, async one => one`select public.move_unit(${await code(unit)}, ${await code(below)}, ${TODAY})`)
const merge = async ({ as, city, code }: Scene, from: number, into: number) => as(city.account, async one => one`select public.merge_units(${[await code(from)]}, ${await code(into)}, ${TODAY})`)

describe('populations of last year', () => {
  it('stay with the township that a village belonged to: after a move, a merge and a split', () => scene(async (at) => {
    const { sql, net, as, city, town, code } = at
    for (const [unit, count] of [[net.willow, 900], [net.orchard, 600], [net.harbour, 500]] as const) await populate(sql, unit, count)
    const person = await makePerson(sql, net.orchard)
    await merge(at, net.willow, net.orchard)
    await as(city.account, async one => one`select public.split_unit(${await code(net.orchard)}, 'part-1', '果园新村', '{}', ${[person.id]}, ${TODAY})`)
    await move(at, net.orchard, net.otherTownship)
    expect(await sumOf(at, net.township)).toEqual({ own: null, below: 1500, missing: 0 })
    expect(await sumOf(at, net.otherTownship)).toEqual({ own: null, below: 500, missing: 0 })
    expect((await denominatorOf(at, net.township)).population).toBe(1500)
    expect(await gridOf(at, net.township)).toEqual([`${await code(net.township)} null`, `${await code(net.willow)} 900`, `${await code(net.orchard)} 600`].sort())
    expect(await tableOf(at, net.township)).toEqual([`${await code(net.willow)} 900`, `${await code(net.orchard)} 600`].sort())
    // The township still reads what was reported of it, hands in nothing more for a village that is another's now, and hears nothing of what waits there.
    expect(await sumOf(at, net.township, LAST_YEAR, town)).toEqual({ own: null, below: 1500, missing: 0 })
    await sql`insert into public.population_versions (unit_id, year, group_id, count, source, as_of) values (${net.orchard}, ${LAST_YEAR}, 'elderly', 50, '年报', ${`${LAST_YEAR}-06-30`})`
    const rows = await ask(at, town, 'select unit_code as code, can_enter, waiting_count from public.population_grid($1, $2)', net.township, LAST_YEAR)
    expect(rows.filter(row => !row.can_enter).map(row => row.code as string).sort()).toEqual([await code(net.orchard), await code(net.orchard), await code(net.willow)].sort())
    expect(rows.every(row => row.waiting_count === null)).toBe(true)
    // Whoever has no post there is told nothing.
    const stranger = await makeStaff(sql, net.otherTownship, net.harbour, 'manager')
    expect([await sumOf(at, net.county, LAST_YEAR, stranger), await gapsOf(at, net.county, LAST_YEAR, stranger)]).toEqual([{ own: null, below: 500, missing: 0 }, []])
  }))

  it('that are missing at a village which took over another since are asked for', () => scene(async (at) => {
    const { sql, net, code } = at
    await populate(sql, net.willow, 900)
    await merge(at, net.willow, net.orchard)
    expect(await gapsOf(at, net.township)).toEqual([`柳溪镇 ${await code(net.orchard)}`])
    expect(await sumOf(at, net.township)).toEqual({ own: null, below: 900, missing: 1 })
    expect((await denominatorOf(at, net.township)).missing_count).toBe(1)
  }))

  it('whatever becomes of the units this year, sums, gaps, grid and file are as before, and sums are the denominators of coverage in every year', async () => {
    const act = fc.record({ do: fc.constantFrom('move' as const, 'merge' as const, 'split' as const), unit: fc.nat(4), other: fc.nat(4) })
    const counts = fc.array(fc.option(fc.integer({ min: 1, max: 900 }), { freq: 3 }), { minLength: 5, maxLength: 5 })
    await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 5 }), counts, counts, fc.option(fc.integer({ min: 1, max: 5000 })), async (acts, before, now, official) => scene(async (at) => {
      const { sql, as, net, city, code } = at
      const villages = [net.willow, net.orchard, net.harbour, await makeUnit(sql, net.otherTownship, 'village', '渔村'), await makeUnit(sql, net.township, 'village', '茶村')]
      const townships = [net.township, net.otherTownship, await makeUnit(sql, net.county, 'township', '第三镇')]
      const above = [net.city, net.county, ...townships]
      for (const [index, unit] of villages.entries()) {
        if (before[index] !== null) await populate(sql, unit, before[index]!)
        if (now[index] !== null) await populate(sql, unit, now[index]!, THIS_YEAR)
      }
      if (official !== null) await populate(sql, net.township, official)
      const reported = async () => Promise.all(above.map(async unit => [await sumOf(at, unit), await gapsOf(at, unit), await gridOf(at, unit), await tableOf(at, unit)]))
      const was = await reported()
      for (const [index, one] of acts.entries()) {
        const [unit, other] = [villages[one.unit]!, villages[one.other]!]
        const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => { if (!/^PT4/.test((error as { code?: string }).code ?? '')) throw error })
        if (one.do === 'move') await attempt(move(at, unit, townships[one.other % 3]!))
        else if (one.do === 'merge') await attempt(merge(at, unit, other))
        else {
          const person = await makePerson(sql, unit)
          await attempt(as(city.account, async inner => inner`select public.split_unit(${await code(unit)}, ${`part-${index}`}, ${`新村${index}号`}, '{}', ${[person.id]}, ${TODAY})`))
        }
      }
      expect(await reported()).toEqual(was)
      for (const year of [LAST_YEAR, THIS_YEAR]) {
        for (const unit of above) {
          const [sum, denominator] = [await sumOf(at, unit, year), await denominatorOf(at, unit, year)]
          if (sum?.own) expect(denominator.population).toBe(sum.own)
          else if (sum) expect(denominator).toEqual({ population: sum.missing ? null : sum.below, missing_count: sum.missing })
        }
      }
    })), { numRuns: 12 })
  }, 180_000)
})

it('head counts of a school that has moved since are listed where their sums are', () => scene(async (at) => {
  const { sql, as, net, city, town } = at
  const [category] = await sql`select id from public.categories order by position limit 1`
  const record = (persons: number, corrects: number | null = null) => as(city.account, async one => (await one`
    select public.record_head_count(${net.school}, 'activity', ${category!.id as string}, '广场文艺演出', ${`${LAST_YEAR}-05-01T19:00+08:00`}, ${`${LAST_YEAR}-05-01T21:00+08:00`}, ${persons}, '', ${corrects}) as id`)[0]!.id as number)
  await record(280, await record(300))
  await move(at, net.school, net.otherTownship)
  const listed = async (unit: number, who: Person) => (await ask(at, who, 'select coalesce(sum(persons) filter (where corrected_by is null), 0)::integer as heads, count(*)::integer as rows from public.list_head_counts($1, $2)', unit, LAST_YEAR))[0]
  const summed = async (unit: number, who: Person) => (await ask(at, who, 'select coalesce(sum(person_times), 0)::integer as heads from public.head_counts_by_month($1, $2)', unit, LAST_YEAR))[0]!.heads as number
  for (const [unit, who, heads, rows] of [[net.township, town, 280, 2], [net.county, city, 280, 2], [net.otherTownship, city, 0, 0], [net.county, town, 0, 0]] as const) {
    expect(await listed(unit, who)).toEqual({ heads, rows })
    expect(await summed(unit, who)).toBe(heads)
  }
}))

it('volunteers of last year serve where they lived at its end, in the tree of that year', () => scene(async (at) => {
  const { sql, as, net, city } = at
  const [stays, movesAway] = [await makePerson(sql, net.willow), await makePerson(sql, net.orchard)]
  for (const person of [stays, movesAway]) {
    await sql`insert into public.volunteers (person_id, unit_id, source, status, by_self, decided_at) values (${person.id}, ${net.township}, 'resident', 'active', false, now())`
  }
  const share = async (unit: number, year: number) => Object.fromEntries((await ask(at, city, 'select name, registered from public.volunteer_share($1, $2, $3)', unit, `${year}-01-01`, `${year}-12-31`))
    .map(row => [row.name as string, row.registered as number]))
  const was = await share(net.township, LAST_YEAR)
  expect(was).toEqual({ 柳溪镇: 2, 柳溪村: 1, 果园村: 1 })
  await as(city.account, one => one`select public.move_person(${movesAway.id}, ${net.harbour}, ${TODAY})`)
  await move(at, net.orchard, net.otherTownship)
  await merge(at, net.willow, net.harbour)
  expect(await share(net.township, LAST_YEAR)).toEqual(was)
  // The list behind the number is of the same people.
  const listed = async (unit: number, until: string) => (await ask(at, city, 'select home from public.volunteers_at_desk($1, null, \'\', true, false, $2, $3) order by home', unit, `${until.slice(0, 4)}-01-01`, until))
    .map(row => row.home as string)
  expect((await listed(net.township, `${LAST_YEAR}-12-31`)).sort()).toEqual(['果园村', '柳溪村'].sort())
  expect(await listed(net.township, `${THIS_YEAR}-12-31`)).toEqual([])
  expect(await listed(net.otherTownship, `${THIS_YEAR}-12-31`)).toEqual(['港口村', '港口村'])
  expect(await share(net.otherTownship, LAST_YEAR)).toEqual({ 港口镇: 0, 港口村: 0 })
  expect(await share(net.otherTownship, THIS_YEAR)).toEqual({ 港口镇: 2, 港口村: 2, 果园村: 0 })
  expect((await share(net.township, THIS_YEAR)).柳溪镇).toBe(0)
}))
