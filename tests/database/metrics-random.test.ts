// Random programs of everything that changes a figure, compared with the plainest count of all: COUNT(DISTINCT) for every cell.
import fc from 'fast-check'
import postgres from 'postgres'
import { describe, expect, inject, it } from 'vitest'
import { edit, randomFrom, type Region } from '../../bench/edits.ts'
import { differences, drain as drainAll, rebuild } from '../../metrics/recount.ts'
import { drain, makeNetwork, makePerson, makeUnit, withRollback, type Sql } from '../fixtures/database.ts'
import { addFact } from '../fixtures/figures.ts'
import { figuresThatLie } from '../fixtures/plain-count.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

const YEARS = [2025, 2026]

describe('one program after the other', () => {
  const PEOPLE = 4
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('record' as const), who: fc.nat(PEOPLE - 1), year: fc.constantFrom(...YEARS), month: fc.integer({ min: 1, max: 9 }), host: fc.option(fc.nat(4)),
      category: fc.constantFrom('law', 'health', null), organised: fc.boolean(), role: fc.constantFrom('learner', 'learner', 'tutor'), status: fc.constantFrom('attended', 'attended', 'absent') }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('correct' as const), fact: fc.nat(20), status: fc.constantFrom('attended', 'cancelled'), year: fc.constantFrom(...YEARS), month: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('live elsewhere' as const), who: fc.nat(PEOPLE - 1), village: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const), from: fc.integer({ min: 1, max: PEOPLE - 1 }), into: fc.nat(PEOPLE - 1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const), who: fc.nat(PEOPLE - 1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), unit: fc.nat(3), below: fc.nat(2), year: fc.constantFrom(...YEARS) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('drain' as const), marks: fc.integer({ min: 1, max: 3 }) }) },
  )

  it('any order of records, corrections, merges, moves and partial drains ends in the figures of the facts', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), program => withRollback(async (sql) => {
      const places = await makeNetwork(sql)
      const otherCounty = await makeUnit(sql, places.city, 'county', '北安县')
      const villages = [places.willow, places.orchard, places.harbour]
      const hosts = [places.school, places.willow, places.otherTownship, places.county, places.harbour]
      const people: number[] = []
      for (let n = 0; n < PEOPLE; n++) people.push((await makePerson(sql, villages[n % 3]!, { birthYear: 1950 + 15 * n })).id)
      const facts: number[] = []
      const attempt = async (work: (sql: Sql) => Promise<unknown>) => {
        await sql.savepoint(async inner => work(inner)).catch((error) => { if (!/unit_cycle|participations_corrects_key/.test(String(error))) throw error })
      }
      for (const one of program) {
        if (one.do === 'record') {
          facts.push(await addFact(sql, people[one.who]!, { day: `${one.year}-0${one.month}-11`, host: one.host === null ? null : hosts[one.host]!, category: one.category,
            organised: one.organised, role: one.role, status: one.status }))
        }
        else if (one.do === 'correct' && facts.length) {
          await attempt(async (sql) => {
            const [row] = await sql`
              insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at, hours, status,
                channel, entry_source, corrects)
              select gen_random_uuid()::text, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, event, event, 2, ${one.status}, channel, entry_source, id
              from public.participations cross join (select ${`${one.year}-0${one.month}-12T09:00+08:00`}::timestamptz as event) moved where id = ${facts[one.fact % facts.length]!} returning id`
            facts.push(Number(row!.id))
          })
        }
        else if (one.do === 'live elsewhere') await sql`update public.persons set residence_unit_id = ${villages[one.village]!} where id = ${people[one.who]!}`
        else if (one.do === 'merge' && one.into < one.from) {
          await sql`update public.persons set merged_into = ${people[one.into]!}, counts_as = ${people[one.into]!} where id = ${people[one.from]!} and counts_as is null
            and not exists (select from public.persons other where other.counts_as = ${people[one.from]!})
            and exists (select from public.persons target where target.id = ${people[one.into]!} and target.counts_as is null)`
        }
        else if (one.do === 'undo') await sql`update public.persons set merged_into = null, counts_as = null where id = ${people[one.who]!}`
        else if (one.do === 'move') {
          const unit = [places.willow, places.orchard, places.township, places.harbour][one.unit]!
          const parent = [places.township, places.otherTownship, otherCounty][one.below]!
          if (unit !== parent) await attempt(sql => sql`update public.units set parent_id = ${parent}, placed_on = ${`${one.year}-04-01`} where id = ${unit}`)
        }
        else if (one.do === 'drain') await sql`select private.drain_marks(${one.marks})`
      }
      await drain(sql)
      expect(await figuresThatLie(sql)).toEqual([])
      // Once more for everybody: what is applied already changes nothing.
      await sql`insert into private.coverage_marks (bulk, person_id, year) select false, id, year from unnest(${people}::bigint[]) id cross join unnest(${YEARS}::smallint[]) year`
      await drain(sql)
      expect(await figuresThatLie(sql)).toEqual([])
    })), { numRuns: 15 })
  }, 120_000)
})

describe('many at the same moment', () => {
  it('two years, four writers, two drainers of which one dies in the middle: no figure lies, and a recount says so too', async () => {
    const sql = await pristineDatabase('figures_random')
    const url = new URL(inject('databaseUrl'))
    url.pathname = 'figures_random'
    const writers = postgres(url.href, { max: 4, onnotice: () => undefined })
    const drainers = postgres(url.href, { max: 2, onnotice: () => undefined })
    try {
      const region = await makeRegion(sql)
      let isOver = false
      let killed = 0
      const drainer = async () => {
        while (!isOver) {
          // Left without its connection in the middle of a batch, it comes again; a dead connection may not even say so.
          const drained = drainers`select private.drain_marks(40)`.catch((error) => { if (!/terminat|CONNECTION|ECONNRESET/.test(String(error))) throw error })
          await Promise.race([drained, wait(3000)])
          await wait(20)
        }
      }
      const killer = async () => {
        while (!isOver) {
          const rows = await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'figures_random' and state = 'active' and query like 'select private.drain_marks%' limit 1`
          killed += rows.length
          await wait(100)
        }
      }
      const backstage = [drainer(), drainer(), killer()]
      await Promise.all([1, 2, 3, 4].map(async (seed) => {
        const random = randomFrom(seed)
        for (let n = 0; n < 100; n++) await edit(writers, region, random)
      }))
      isOver = true
      await Promise.all(backstage)
      await drainAll(sql)
      expect(killed).toBeGreaterThan(0)
      expect(await figuresThatLie(sql)).toEqual([])
      expect(await differences(sql)).toEqual([])

      // A figure that lies is found, by the recount and by the night's check; counting anew heals it.
      await sql`update public.coverage_cells set persons = persons + 1 where (year, axis, view_id, slice_id, unit_id) =
        (select year, axis, view_id, slice_id, unit_id from public.coverage_cells join public.units on units.id = unit_id and units.parent_id is null
          join public.metric_slices slice on slice.id = slice_id and slice.code = 'resident' where view_id = 1 and axis = 0 and year = 2026)`
      const found = await differences(sql)
      expect(found).toMatchObject([{ year: 2026, what: 'cell', axis: 0, view: 'all', slice: 'group:resident' }])
      const [night] = await sql`select private.check_figures() as found`
      expect(night!.found).toBeGreaterThan(0)
      expect(await sql`select action from public.audit_events where action = 'figures_differ'`).toHaveLength(1)
      await rebuild(sql)
      expect(await figuresThatLie(sql)).toEqual([])
      const [healed] = await sql`select private.check_figures() as found`
      expect(healed).toEqual({ found: 0 })
    }
    finally { await Promise.all([writers.end(), drainers.end({ timeout: 1 })]) }
  }, 120_000)

  it('a rebuild beside writers misses nobody', async () => {
    const sql = await pristineDatabase('figures_rebuilt')
    const url = new URL(inject('databaseUrl'))
    url.pathname = 'figures_rebuilt'
    const writers = postgres(url.href, { max: 3, onnotice: () => undefined })
    try {
      const region = { ...await makeRegion(sql), moves: 0 }
      const random = randomFrom(9)
      for (let n = 0; n < 60; n++) await edit(writers, region, random)
      let isOver = false
      const writing = [11, 12].map(async (seed) => {
        const random = randomFrom(seed)
        while (!isOver) await edit(writers, region, random)
      })
      await rebuild(sql)
      await rebuild(sql)
      isOver = true
      await Promise.all(writing)
      await drainAll(sql)
      expect(await figuresThatLie(sql)).toEqual([])
    }
    finally { await writers.end() }
  }, 120_000)
})

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function makeRegion(sql: postgres.Sql): Promise<Region> {
  const add = async (parent: number | null, level: string, kind = 'administration') => {
    const [unit] = await sql`insert into public.units (code, parent_id, kind_id, level, name, area, placed_on) values (left(gen_random_uuid()::text, 30), ${parent}, ${kind}, ${level}, '某地', 'rural', '2000-01-01') returning id`
    return unit!.id as number
  }
  const city = await add(null, 'city')
  const [villages, townships, hosts]: number[][] = [[], [], []]
  for (let c = 0; c < 2; c++) {
    const county = await add(city, 'county')
    for (let t = 0; t < 2; t++) {
      const township = await add(county, 'township')
      townships!.push(township)
      hosts!.push(await add(township, 'township', 'community_school'), township)
      for (let v = 0; v < 2; v++) villages!.push(await add(township, 'village'))
    }
    hosts!.push(county)
  }
  const persons = 40
  await sql`insert into public.persons (id, name, sex, birth_year, residence_unit_id)
    select n, '居民' || n, case n % 3 when 0 then 'female' when 1 then 'male' end, case when n % 7 > 0 then 1940 + (n * 13) % 80 end, (${villages!}::integer[])[1 + n % 8] from generate_series(1, ${persons}) n`
  return { years: YEARS, firstPerson: 1, persons, villages: villages!, townships: townships!, hosts: [...hosts!, ...villages!], moves: 0.03 }
}
