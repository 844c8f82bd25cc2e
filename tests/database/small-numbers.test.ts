// Nothing that is hidden can be computed from what is shown: parent minus siblings, on every level, whoever knows the rule
// that a hidden figure is a whole number from 0 up.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drain, makeNetwork, makePerson, makeStaff, makeVideoLesson, pool, withRollback } from '../fixtures/database.ts'

interface Unit { id: number, parent: number | null, persons: number }

async function hidden(units: Unit[]): Promise<Set<number>> {
  const rows = await pool`select private.hide_small(array_agg(row(id, parent, persons, persons between 1 and 4)::private.small_number_unit)) as id
    from jsonb_to_recordset(${pool.json(units as never)}) as unit (id integer, parent integer, persons bigint)`
  return new Set(rows.map(row => row.id as number))
}

/** A tree in which every unit is the sum of those below, from the figures of its leaves. */
function treeOf(shape: number[][][]): Unit[] {
  const units: Unit[] = []
  const add = (parent: number | null): Unit => {
    const unit = { id: units.length + 1, parent, persons: 0 }
    units.push(unit)
    return unit
  }
  const root = add(null)
  for (const county of shape) {
    const countyUnit = add(root.id)
    for (const township of county) {
      const townshipUnit = add(countyUnit.id)
      for (const persons of township) {
        add(townshipUnit.id).persons = persons
        for (const above of [townshipUnit, countyUnit, root]) above.persons += persons
      }
    }
  }
  return units
}

/** Whether a hidden figure could as well be one more or one less, the shown ones and all sums unchanged: a walk that moves one along. */
function isOpen(units: Unit[], hiddenIds: Set<number>, start: Unit, step: 1 | -1): boolean {
  const byId = new Map(units.map(unit => [unit.id, unit]))
  const below = (unit: Unit) => units.filter(({ parent }) => parent === unit.id)
  const isLeaf = (unit: Unit) => below(unit).length === 0
  /** Moves a unit and, down to a leaf, one hidden unit on each level below it. */
  const down = (unit: Unit, by: number): boolean => hiddenIds.has(unit.id) && unit.persons + by >= 0
    && (isLeaf(unit) || below(unit).some(child => down(child, by)))
  const up = (unit: Unit, by: number): boolean => {
    const parent = unit.parent === null ? undefined : byId.get(unit.parent)
    if (!parent) return true
    const beside = below(parent).filter(other => other !== unit)
    if (beside.some(other => down(other, -by))) return true
    return hiddenIds.has(parent.id) && parent.persons + by >= 0 && up(parent, by)
  }
  return down(start, step) && up(start, step)
}

const figure = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 7 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) })
const shape = fc.array(fc.array(fc.array(figure, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })

it('every small figure is hidden, and no hidden figure can be computed', () => fc.assert(fc.asyncProperty(shape, async (leaves) => {
  const units = treeOf(leaves)
  const ids = await hidden(units)
  for (const unit of units) {
    if (unit.persons >= 1 && unit.persons <= 4) expect(ids, JSON.stringify(units)).toContain(unit.id)
    if (ids.has(unit.id)) expect(isOpen(units, ids, unit, 1) || isOpen(units, ids, unit, -1), `${unit.id} in ${JSON.stringify(units)}`).toBe(true)
  }
}), { numRuns: 300 }))

it('nothing is hidden where nothing is small', () => fc.assert(fc.asyncProperty(
  fc.array(fc.array(fc.array(fc.integer({ min: 5, max: 90 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  async (leaves) => { expect([...await hidden(treeOf(leaves))]).toEqual([]) },
), { numRuns: 40 }))

it.each([
  ['a small village hides its smallest neighbour', [[[3, 20, 9]]], [4, 6]],
  ['two small villages whose sum is small hide a neighbour', [[[1, 2, 9, 0]]], [4, 5, 6]],
  ['two small villages whose sum is not small are enough', [[[4, 3, 9, 0]]], [4, 5]],
  ['a township hidden beside another hides a village of its own', [[[9, 30], [2, 1]]], [3, 4, 6, 7, 8]],
  ['nobody at all is shown as nobody', [[[0, 0], [0, 9]]], []],
] as const)('%s', async (_name, leaves, expected) => {
  expect([...await hidden(treeOf(leaves as unknown as number[][][]))].sort((a, b) => a - b)).toEqual(expected)
})

it('whoever reads without names gets no small figure, no neighbour of one and nobody behind it; the own chain gets all', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const { lessonId } = await makeVideoLesson(sql)
  for (const [village, count] of [[places.willow, 3], [places.orchard, 8], [places.harbour, 9]] as const) {
    for (let one = 0; one < count; one++) {
      const person = await makePerson(sql, village)
      await sql`select private.record_participation(${`s:${person.id}`}, ${person.id}, ${lessonId}, '2026-05-01T10:00+08:00', '2026-05-01T11:00+08:00', 1, 'web')`
    }
  }
  await drain(sql)
  const inspector = await makeStaff(sql, places.county, places.harbour, 'inspector')
  const manager = await makeStaff(sql, places.county, places.harbour, 'manager')
  const persons = async (who: { account: string }, query: 'units' | 'heat' | 'category' | 'group', unit: number) => (await as(who.account, (sql) => {
    if (query === 'units') return sql`select persons from public.coverage_by_unit(${unit}, 2026, 'resident')`
    if (query === 'heat') return sql`select persons from public.coverage_heat(${unit}, 2026, 'category:digital', 'resident')`
    if (query === 'group') return sql`select persons from public.coverage_by_group(${unit}, 2026) where group_id in ('resident', 'elderly')`
    return sql`select persons from public.coverage_by_category(${unit}, 2026, 'resident') where category_id = 'digital'`
  })).map(row => row.persons as number | null)
  const breakdown = async (who: { account: string }, unit: number) => (await as(who.account, sql =>
    sql`select persons from public.coverage_of_unit(${unit}, 2026) where kind <> 'group' and (persons > 0 or persons is null)`)).map(row => row.persons as number | null)

  expect(await persons(inspector, 'units', places.township)).toEqual([11, null, null])
  expect(await persons(manager, 'units', places.township)).toEqual([11, 3, 8])
  expect(await persons(inspector, 'heat', places.county)).toEqual([null, null, 9])
  expect(await persons(manager, 'heat', places.county)).toEqual([3, 8, 9])
  for (const query of ['category', 'group'] as const) {
    expect((await persons(inspector, query, places.orchard)).every(value => value === null)).toBe(true)
    expect(await persons(manager, query, places.orchard)).toContain(8)
    expect(await persons(inspector, query, places.township)).toContain(11)
  }
  // Area, age by sex, channel and month: 11 of each in the township; nothing in a village whose residents are hidden.
  expect(await breakdown(inspector, places.township)).toEqual([11, 11, 11, 11])
  expect(new Set(await breakdown(inspector, places.orchard))).toEqual(new Set([null]))
  const people = (who: { account: string }) => as(who.account, sql => sql`select person_id from public.coverage_people(${places.township}, 2026, 'resident')`)
  expect([(await people(inspector)).length, (await people(manager)).length]).toEqual([0, 11])
  const weeks = (unit: number) => as(inspector.account, sql => sql`select person_times from public.participations_by_week(${unit}, '2026-05-03', 1)`)
  expect([await weeks(places.willow), await weeks(places.township)]).toEqual([[], [{ person_times: 10 }]]) // in tens
}))
