// Whoever reads figures without names subtracts whatever is shown from whatever else is shown: units over the tree, groups from groups that hold them,
// subjects from the whole, on both axes. What is hidden, and any number of few people, must not come out. Everything is read through the functions
// that pages call, and what follows from it is worked out as what a system of linear equations determines.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drain, makeNetwork, makePerson, makeStaff, makeUnit, type As, type Network, type Person, type Sql, withRollback } from '../fixtures/database.ts'
import { addFact } from '../fixtures/figures.ts'
import { pristinePool } from '../fixtures/pristine.ts'

const YEAR = 2031
const AGES = [0, 6, 7, 18, 60] as const
const SUBJECTS = ['health', 'law'] as const
const VIEWS = ['all', ...SUBJECTS.map(subject => `category:${subject}`)]
/** Which stretches of ages a group is. */
const GROUPS: Record<string, number[]> = { resident: [0, 1, 2, 3, 4], minors: [0, 1, 2], youth: [1, 2], infants: [0, 1], elderly: [4] }

type Row = number[]
const PRIME = 1_000_003
const inverse = (value: number): number => {
  let [result, base, left] = [1, value % PRIME, PRIME - 2]
  for (; left > 0; left = Math.floor(left / 2), base = base * base % PRIME) if (left % 2) result = result * base % PRIME
  return result
}

/** What can be computed from rows that are known: their span. */
class Known {
  private readonly rows = new Map<number, Row>()

  private reduce(row: Row): Row {
    const rest = row.map(value => (value % PRIME + PRIME) % PRIME)
    for (let at = 0; at < rest.length; at++) {
      const pivot = rest[at] ? this.rows.get(at) : undefined
      if (!pivot) continue
      const factor = rest[at]!
      for (let column = at; column < rest.length; column++) rest[column] = (rest[column]! + (PRIME - factor) * pivot[column]!) % PRIME
    }
    return rest
  }

  add(row: Row): void {
    const rest = this.reduce(row)
    const at = rest.findIndex(value => value !== 0)
    if (at === -1) return
    const factor = inverse(rest[at]!)
    this.rows.set(at, rest.map(value => value * factor % PRIME))
  }

  tells(row: Row): boolean { return this.reduce(row).every(value => value === 0) }
}

interface Figure { persons: number | null, times: number | null }
interface Place { id: number, leaves: number[] }
interface Region { sql: Sql, as: As, places: Network, inspector: Person, units: Place[], leafCount: number }

/** Two townships of villages, in a city; the leaves are the villages, and on the organiser's axis a school and the work of the township itself. */
async function regionOf(sql: Sql, as: As): Promise<Region> {
  const places = await makeNetwork(sql)
  const more = [await makeUnit(sql, places.township, 'village', '竹园村'), await makeUnit(sql, places.otherTownship, 'village', '渔湾村')]
  const inspector = await makeStaff(sql, places.city, places.harbour, 'inspector')
  const units: Place[] = [
    { id: places.city, leaves: [0, 1, 2, 3, 4, 5, 6] }, { id: places.county, leaves: [0, 1, 2, 3, 4, 5, 6] }, { id: places.township, leaves: [0, 1, 2, 5, 6] }, { id: places.otherTownship, leaves: [3, 4] },
    ...[places.willow, places.orchard, more[0]!, places.harbour, more[1]!, places.school].map((id, at) => ({ id, leaves: [at] }))]
  return { sql, as, places, inspector, units, leafCount: 7 }
}

/** numbers[leaf][age][subject] = how many people, each with one to three events. On the axis of residence nobody lives in a school. */
type Numbers = number[][][]
const timesOf = (persons: number, leaf: number, age: number) => persons * (1 + (leaf + age) % 3)
const numberOf = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) }, { weight: 3, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: fc.integer({ min: 4, max: 40 }) })
const numbersOf: fc.Arbitrary<Numbers> = fc.array(fc.array(fc.array(numberOf, { minLength: 2, maxLength: 2 }), { minLength: 5, maxLength: 5 }), { minLength: 7, maxLength: 7 })

const subjectsOf = (view: string) => view === 'all' ? [0, 1] : [SUBJECTS.findIndex(subject => view.endsWith(subject))]
function sumOver(numbers: Numbers, place: Place, view: string, ages: number[], times = false): number {
  let sum = 0
  for (const leaf of place.leaves) for (const age of ages) for (const subject of subjectsOf(view)) {
    const persons = numbers[leaf]![age]![subject]!
    sum += times ? timesOf(persons, leaf, age) : persons
  }
  return sum
}

async function fill({ sql, units }: Region, numbers: Numbers, axis: number): Promise<void> {
  await sql`delete from public.coverage_cells where year = ${YEAR}`
  const rows = units.flatMap(unit => VIEWS.flatMap(view => Object.entries(GROUPS).map(([group, ages]) => ({
    unit: unit.id, view, group, persons: sumOver(numbers, unit, view, ages), times: sumOver(numbers, unit, view, ages, true) }))))
  await sql`insert into public.coverage_cells (year, axis, view_id, slice_id, unit_id, persons, person_times, seconds)
    select ${YEAR}, ${axis}, view.id, slice.id, given.unit, given.persons, given.times, given.times * 3600
    from jsonb_to_recordset(${sql.json(rows as never)}) as given (unit integer, view text, "group" text, persons integer, times integer)
    join public.metric_views view on view.code = given.view join public.metric_slices slice on slice.kind = 'group' and slice.code = given."group" where given.persons > 0`
}

/** Every figure that the inspector is shown, by unit, view and group: whichever function says it, all say the same. */
async function shownBy({ as, inspector, units }: Region, axis: number, views = VIEWS): Promise<Map<string, Figure>> {
  const shown = new Map<string, Figure>()
  await as(inspector.account, async (sql) => {
    const note = (unit: number, view: string, group: string, { persons, person_times: times }: Record<string, number | null>) => {
      const before = shown.get(`${unit} ${view} ${group}`)
      if (before) expect({ persons, times }, `${unit} ${view} ${group}`).toEqual(before)
      shown.set(`${unit} ${view} ${group}`, { persons: persons!, times: times! })
    }
    for (const unit of units) {
      for (const view of views) {
        for (const group of Object.keys(GROUPS)) {
          if (axis === 1) for (const row of await sql`select unit.id, taught.persons, taught.person_times from public.coverage_taught(${unit.id}, ${YEAR}, ${group}, ${view}) taught join public.units unit using (code)`) note(row.id, view, group, row)
          else for (const row of await sql`select unit_id, persons, person_times from public.coverage_by_unit(${unit.id}, ${YEAR}, ${group}, ${view})`) note(row.unit_id, view, group, row)
        }
        for (const row of await sql`select code, persons, person_times from public.coverage_of_unit(${unit.id}, ${YEAR}, ${axis ? 'organiser' : 'residence'}, ${view}) where kind = 'group'`)
          if (row.code in GROUPS) note(unit.id, view, row.code, row)
        if (axis === 0) for (const row of await sql`select group_id, persons, person_times from public.coverage_by_group(${unit.id}, ${YEAR}, ${view})`) if (row.group_id in GROUPS) note(unit.id, view, row.group_id, row)
      }
      if (axis === 0 && views === VIEWS) for (const group of Object.keys(GROUPS))
        for (const row of await sql`select category_id, persons, person_times from public.coverage_by_category(${unit.id}, ${YEAR}, ${group}) where category_id in ${sql(SUBJECTS)}`) note(unit.id, `category:${row.category_id}`, group, row)
    }
  })
  return shown
}

const rowOf = ({ leafCount }: Region, place: Place, ages: number[], subjects = [0]): Row => {
  const row = new Array<number>(leafCount * AGES.length * 2).fill(0)
  for (const leaf of place.leaves) for (const age of ages) for (const subject of subjects) row[(leaf * AGES.length + age) * 2 + subject] = 1
  return row
}
/** All stretches between two ages: what groups may tell together. */
const STRETCHES = AGES.flatMap((_, from) => AGES.slice(from).map((_, length) => Array.from({ length: length + 1 }, (_, at) => from + at)))

function expectNothingComesOut(region: Region, numbers: Numbers, shown: Map<string, Figure>, axis: number): void {
  const { units } = region
  const at = (unit: Place, view: string, group: string) => shown.get(`${unit.id} ${view} ${group}`)
  const say = (what: string, unit: Place, view: string, ages: number[]) => `${what} of unit ${units.indexOf(unit)}, ${view}, ages ${ages.join()}: ${JSON.stringify(numbers)}`
  const times = new Known()
  for (const view of VIEWS) {
    // People of several subjects or schools are in each, so only the tree and the groups of one view add up; by whose work it was, not even the tree does.
    const systems = axis === 0 ? [new Known()] : units.map(() => new Known())
    const systemOf = (unit: Place) => systems[axis === 0 ? 0 : units.indexOf(unit)]!
    for (const unit of units) for (const [group, ages] of Object.entries(GROUPS)) {
      const figure = at(unit, view, group)
      if (figure?.persons != null) systemOf(unit).add(rowOf(region, unit, ages))
      if (figure?.times != null) times.add(rowOf(region, unit, ages, subjectsOf(view)))
    }
    for (const unit of units) {
      for (const [group, ages] of Object.entries(GROUPS)) if (at(unit, view, group)?.persons === null) expect(systemOf(unit).tells(rowOf(region, unit, ages)), say(group, unit, view, ages)).toBe(false)
      for (const ages of STRETCHES) {
        const few = sumOver(numbers, unit, view, ages)
        if (few >= 1 && few <= 4) expect(systemOf(unit).tells(rowOf(region, unit, ages)), say(`${few} people`, unit, view, ages)).toBe(false)
      }
    }
  }
  for (const view of VIEWS) for (const unit of units) for (const [group, ages] of Object.entries(GROUPS)) {
    const figure = at(unit, view, group)
    if (figure && figure.times === null) expect(times.tells(rowOf(region, unit, ages, subjectsOf(view))), say(`times of ${group}`, unit, view, ages)).toBe(false)
  }
}

it.each([['residence', 0], ['organiser', 1]] as const)('nothing hidden and nobody few comes out by subtraction, by %s', (_name, axis) => withRollback(async (sql, as) => {
  const region = await regionOf(sql, as)
  await fc.assert(fc.asyncProperty(numbersOf, async (drawn) => {
    // Nobody lives in a school or a township itself.
    const numbers = drawn.map((leaf, at) => axis === 0 && at > 4 ? leaf.map(age => age.map(() => 0)) : leaf)
    await fill(region, numbers, axis)
    expectNothingComesOut(region, numbers, await shownBy(region, axis), axis)
  }), { numRuns: 3, endOnFailure: true })
}), 240_000)

it.each([
  ['of minors less young people', { minors: [0, 1, 2], youth: [1, 2] }, [[3, 0], [10, 0], [20, 0], [30, 0], [9, 0]]],
  ['of infants and young people less minors', { infants: [0, 1], youth: [1, 2] }, [[9, 0], [2, 0], [20, 0], [30, 0], [9, 0]]],
  ['of residents less older ones', { resident: [0], elderly: [4] }, [[1, 0], [1, 0], [1, 0], [0, 0], [90, 0]]],
] as const)('the few %s are hidden in the village and beside it', (_name, groups, ages) => withRollback(async (sql, as) => {
  const region = await regionOf(sql, as)
  const many = [[20, 0], [20, 0], [20, 0], [20, 0], [20, 0]]
  const numbers = [0, 1, 2, 3, 4, 5, 6].map(leaf => leaf === 0 ? ages.map(age => [...age]) : leaf < 5 ? many : many.map(() => [0, 0]))
  await fill(region, numbers, 0)
  const shown = await shownBy(region, 0, ['all'])
  const hiddenIn = (unit: Place) => Object.keys(groups).filter(group => shown.get(`${unit.id} all ${group}`)!.persons === null)
  const [, , , , willow, orchard, bamboo] = region.units
  expect(hiddenIn(willow!)).toHaveLength(1)
  expect([hiddenIn(orchard!), hiddenIn(bamboo!)].filter(group => group.length)).toEqual([hiddenIn(willow!)])
  expectNothingComesOut(region, numbers, shown, 0)
}))

// In a region of its own: what other counties hide would hide this one beside them.
it('a quiet week is told in tens, and a month with few attendances hides the months', async () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const people: Person[] = []
  for (let one = 0; one < 9; one++) people.push(await makePerson(sql, places.willow))
  for (const person of people) await addFact(sql, person.id, { day: '2026-05-04' })
  await addFact(sql, people[0]!.id, { day: '2026-06-09' })
  await drain(sql)
  const inspector = await makeStaff(sql, places.county, places.harbour, 'inspector')
  const manager = await makeStaff(sql, places.county, places.harbour, 'manager')
  const weeks = async (who: Person) => (await as(who.account, one => one`select person_times from public.participations_by_week(${places.willow}, '2026-06-10', 6)`)).map(row => row.person_times as number)
  expect(await weeks(manager)).toEqual([9, 0, 0, 0, 0, 1])
  expect(await weeks(inspector)).toEqual([10, 0, 0, 0, 0, 0])
  const months = async (who: Person) => (await as(who.account, one => one`select distinct person_times from public.coverage_of_unit(${places.willow}, 2026) where kind = 'month' order by 1`)).map(row => row.person_times as number | null)
  expect(await months(manager)).toEqual([0, 1, 9])
  expect(await months(inspector)).toEqual([null])
}, await pristinePool('quiet_weeks')))

it('person-times of a school are not the township\'s less the others\'', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  for (const [host, count] of [[places.school, 2], [places.willow, 9], [places.orchard, 7]] as const)
    for (let one = 0; one < count; one++) await addFact(sql, (await makePerson(sql, places.willow)).id, { host })
  await drain(sql)
  const inspector = await makeStaff(sql, places.county, places.harbour, 'inspector')
  const taught = await as(inspector.account, one => one`select unit.id, persons, person_times, hours from public.coverage_taught(${places.township}, 2026, 'resident') join public.units unit using (code)`)
  const of = (id: number) => taught.find(row => row.id === id)
  expect(of(places.township)).toMatchObject({ persons: 18, person_times: 18 })
  for (const id of [places.school, places.orchard]) expect(of(id)).toMatchObject({ persons: null, person_times: null, hours: null })
  expect(of(places.willow)).toMatchObject({ persons: 9, person_times: 9 })
}))
