import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import postgres from 'postgres'
import { Pool } from 'undici'
import { differences, drain, rebuild } from '../metrics/recount.ts'
import { freePort } from '../stack/ports.ts'
import { prepareData, startSite, type Connection } from '../stack/portal.ts'
import { Services } from '../stack/processes.ts'
import { sessionCookieFor } from '../tests/fixtures/session.ts'
import { makeCity, recordFacts, type City, type CitySize } from './city.ts'
import { edit, randomFrom, type Region } from './edits.ts'
import type { Row } from './report.ts'

export interface MetricsOptions extends CitySize {
  edits: number
  /** Judges the aims, which are those of a whole city. */
  isCity: boolean
  build: string
}

export const CITY: CitySize = { residents: 7_000_000, units: 10_000, facts: 20_000_000 }
export interface MetricsReport { rows: Row[], data: CitySize & { edits: number, seconds: Record<string, number>, sizes: Record<string, number> } }

// A city's database is given a city's memory; the portal's own is for a county on a spare machine.
const SETTINGS = {
  shared_buffers: '4GB', effective_cache_size: '14GB', maintenance_work_mem: '1GB', max_wal_size: '16GB', checkpoint_timeout: '30min', random_page_cost: '1.1',
  max_parallel_workers_per_gather: '2', max_parallel_maintenance_workers: '2',
}

/** Figures of a generated city, on a portal and a database of its own. */
export async function measureMetrics(options: MetricsOptions): Promise<MetricsReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'linxue-bench-metrics-'))
  const services = new Services(join(dataDir, 'children.json'), (reason) => { throw new Error(reason) })
  const environment = { port: await freePort(), host: '127.0.0.1', dataDir, hosted: null, demoResidents: 0 }
  const started = performance.now()
  const say = (line: string) => console.log(`  ${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`)
  try {
    const connection = await prepareData(services, environment, zh => say(zh), options.isCity ? SETTINGS : {})
    const city = await makeCity(connection.DATABASE_URL, options, say)
    const sql = postgres(connection.DATABASE_URL, { max: 6, onnotice: () => undefined })
    const bench = new MetricsBench(sql, city, options, say)
    await bench.rebuild()
    await bench.read()
    await bench.fold()
    await bench.moveTownship()
    // With the site come its drainer and its nightly check.
    await startSite(services, environment, options.build, connection)
    await bench.throughTheApi(`http://127.0.0.1:${environment.port}`, connection)
    await bench.edit()
    await bench.verify()
    // A connection that stood reserved while others were cut off may never say goodbye.
    await sql.end({ timeout: 5 })
    return { rows: bench.rows, data: { residents: city.residents, units: city.units, facts: city.facts, edits: options.edits, seconds: bench.seconds, sizes: bench.sizes } }
  }
  finally {
    await services.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

class MetricsBench {
  readonly rows: Row[] = []
  readonly seconds: Record<string, number> = {}
  readonly sizes: Record<string, number> = {}
  private account = ''
  private extraFacts = 0
  private readonly random = randomFrom(7)

  private readonly sql: postgres.Sql
  private readonly city: City
  private readonly options: MetricsOptions
  private readonly say: (line: string) => void

  constructor(sql: postgres.Sql, city: City, options: MetricsOptions, say: (line: string) => void) {
    this.sql = sql
    this.city = city
    this.options = options
    this.say = say
  }

  async rebuild(): Promise<void> {
    const seconds = await this.timed('rebuild', () => rebuild(this.sql))
    const [sizes] = await this.sql`select pg_total_relation_size('public.coverage_cells') as cells, pg_total_relation_size('private.person_years') as people,
      (select count(*) from public.coverage_cells) as "cellCount", (select count(*) from private.person_years) as "peopleCount", pg_total_relation_size('public.participations') as facts`
    for (const [name, value] of Object.entries(sizes!)) this.sizes[name] = Number(value)
    const gigabytes = (this.sizes.cells! + this.sizes.people!) / 2 ** 30
    this.add({ name: `rebuild of ${this.city.facts.toLocaleString('en')} facts`, perSecond: this.city.facts / seconds, p50Ms: seconds * 1000, p99Ms: seconds * 1000 }, '≤ 12 min', seconds <= 720)
    this.add({ name: `roll-up: ${this.sizes.cellCount!.toLocaleString('en')} cells, ${gigabytes.toFixed(2)} GB`, perSecond: 0, p50Ms: 0, p99Ms: 0 }, '≤ 3 GB', gigabytes <= 3)
  }

  /** Reads as the region's manager, who sees exact figures, and as an inspector, from whom small ones are hidden; beside COUNT(DISTINCT). */
  async read(): Promise<void> {
    const { sql, city } = this
    this.account = await this.makeStaff('manager')
    const inspector = await this.makeStaff('inspector')
    const plain = await this.countDistinct()
    const connection = await sql.reserve()
    await connection`select set_config('request.jwt.claims', ${JSON.stringify({ sub: this.account, role: 'authenticated' })}, false)`
    await connection`set role authenticated`
    const unit = () => 1 + Math.floor(this.random() * (city.firstSchool - 1))
    const one = await this.repeat('one unit × all groups, in SQL', 2000, () => connection`select * from public.coverage_of_unit(${unit()}, ${city.year})`)
    this.add({ ...one, ofLimit: { of: `COUNT(DISTINCT) at the region, ${(plain * 1000).toFixed(0)} ms`, share: plain * 1000 / one.p50Ms } }, 'p50 ≤ 1 ms', one.p50Ms <= 1)
    const map = await this.repeat('all villages of the region, with denominators, in SQL', 40, () => connection`select * from public.coverage_heat(1, ${city.year}, 'all', 'elderly')`)
    this.add(map)
    const units = await this.repeat('one figure of every unit, in SQL', 100, async () => sql`
      select unit_id, persons from public.coverage_cells where year = ${city.year} and axis = 0 and view_id = 1 and slice_id = 1`)
    this.add(units, 'p50 ≤ 30 ms', units.p50Ms <= 30)
    this.add(await this.repeat('counties of the region with denominators, in SQL', 100, () => connection`select * from public.coverage_by_unit(1, ${city.year}, 'resident')`))
    this.add(await this.repeat('people behind a figure, a page, in SQL', 200, () => connection`select * from public.coverage_people(${unit()}, ${city.year}, 'elderly')`))
    await connection`select set_config('request.jwt.claims', ${JSON.stringify({ sub: inspector, role: 'authenticated' })}, false)`
    this.add(await this.repeat('one unit × all groups with small numbers hidden, in SQL', 30, () => connection`select * from public.coverage_of_unit(${unit()}, ${city.year})`))
    await connection`reset role`
    await connection`select set_config('request.jwt.claims', '', false)`
    connection.release()
  }

  /** New facts come in by sign-in lists, with every trigger and index, and are folded in. */
  async fold(): Promise<void> {
    await this.sql`set synchronous_commit = on`
    for (const count of [1, 100, 1000, 10_000]) {
      const times: number[] = []
      const inserts: number[] = []
      for (let round = 0; round < (count === 10_000 ? 5 : 10); round++) {
        const began = performance.now()
        await this.recordMore(count)
        inserts.push(performance.now() - began)
        const drained = performance.now()
        await this.sql`select private.drain_marks(20000)`
        times.push(performance.now() - drained)
      }
      const row = rowOf(`${count.toLocaleString('en')} new facts folded in`, times, count)
      if (count === 10_000) this.add(row, 'p50 ≤ 2 s', row.p50Ms <= 2000)
      else this.add(row)
    }
    const lot = Math.min(200_000, Math.max(10_000, this.city.facts / 20))
    const times: number[] = []
    for (let from = 0; from < lot; from += 10_000) {
      const began = performance.now()
      await this.recordMore(10_000)
      times.push(performance.now() - began)
    }
    const ingest = rowOf('facts by import, 10,000 a statement, every index and trigger', times, 10_000)
    this.add(ingest, '≥ 20,000 a second', ingest.perSecond >= 20_000)
    await this.timed('folding what was imported', () => drain(this.sql))
  }

  async moveTownship(): Promise<void> {
    const { sql, city } = this
    const township = city.firstTownship
    const seconds = await this.timed('a township moves to another county', () => sql`
      update public.units set parent_id = 3, placed_on = ${`${city.year}-06-01`} where id = ${township}`)
    const [below] = await sql`select count(*)::integer as villages from public.units where parent_id = ${township} and kind_id = 'administration'`
    this.add({ name: `a township of ${below!.villages} villages moves to another county`, perSecond: 1 / seconds, p50Ms: seconds * 1000, p99Ms: seconds * 1000 })
    await sql`update public.units set parent_id = 2, placed_on = ${`${city.year}-06-02`} where id = ${township}`
  }

  async throughTheApi(url: string, connection: Connection): Promise<void> {
    const { sql, city } = this
    await this.throughTheDataApi(connection)
    const cookie = await sessionCookieFor(sql, connection.LINXUE_SESSION_SECRET, this.account)
    const pool = new Pool(url, { connections: 1 })
    const codes = (await sql`select code from public.units where kind_id = 'administration' order by hashint4(id) limit 400`).map(({ code }) => code as string)
    let at = 0
    const get = async () => {
      const { statusCode, body } = await pool.request({ path: `/api/desk/metrics?unit=${codes[at++ % codes.length]}&year=${city.year}&group=elderly`, method: 'GET', headers: { cookie } })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`figures were refused with ${statusCode}: ${text}`)
    }
    for (let n = 0; n < 30; n++) await get()
    this.add(await this.repeat('a unit and those below it, through the site', 300, get))
    await pool.close()
  }

  /** As the site asks it: with a short token, one call after the other. */
  private async throughTheDataApi({ POSTGREST_URL, SUPABASE_JWT_SECRET }: Connection): Promise<void> {
    const pool = new Pool(POSTGREST_URL!, { connections: 1 })
    const token = await new SignJWT({ sub: this.account, role: 'authenticated' }).setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('10m').sign(new TextEncoder().encode(SUPABASE_JWT_SECRET))
    const row = await this.repeat('one unit × all groups, through the data API', 500, async () => {
      const { statusCode, body } = await pool.request({
        path: '/rpc/coverage_of_unit', method: 'POST', headers: { 'content-type': 'application/json', 'authorization': `Bearer ${token}` },
        body: JSON.stringify({ in_unit_id: 1 + Math.floor(this.random() * (this.city.firstSchool - 1)), counted_year: this.city.year }),
      })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`figures were refused with ${statusCode}: ${text}`)
    })
    this.add(row, 'p50 ≤ 15 ms', row.p50Ms <= 15)
    await pool.close()
  }

  /** Random edits by four writers, moves among them, while the site drains and its drainer is killed again and again. */
  async edit(): Promise<void> {
    const { sql, city, options } = this
    const region: Region = {
      years: [city.year, city.year + 1], firstPerson: 1, persons: city.residents, moves: Math.min(0.002, 20 / options.edits),
      villages: range(city.firstVillage, city.villages), townships: range(city.firstTownship, city.townships), hosts: range(1, city.units),
    }
    let left = options.edits
    let killed = 0
    let isOver = false
    const killer = (async () => {
      while (!isOver) {
        killed += (await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'linxue jobs' and state = 'active' and query like '%drain_unless_busy%' limit 1`).length
        await new Promise(resolve => setTimeout(resolve, 2000))
      }
    })()
    const seconds = await this.timed(`${options.edits.toLocaleString('en')} random edits by four writers`, () => Promise.all([1, 2, 3, 4].map(async (seed) => {
      const random = randomFrom(seed)
      while (left-- > 0) await edit(sql, region, random)
    })))
    isOver = true
    await killer
    this.say(`the drainer was killed ${killed} times`)
    this.sizes.killedDrainers = killed
    this.add({ name: `random edits by four writers, the drainer killed ${killed} times`, perSecond: options.edits / seconds, p50Ms: 4000 * seconds / options.edits, p99Ms: 4000 * seconds / options.edits })
  }

  async verify(): Promise<void> {
    let found = 0
    const seconds = await this.timed('verify', async () => { found = (await differences(this.sql)).length })
    const [cells] = await this.sql`select count(*) as count from public.coverage_cells`
    this.add({ name: `verify: ${found} of ${Number(cells!.count).toLocaleString('en')} cells differ after ${this.options.edits.toLocaleString('en')} edits`, perSecond: Number(cells!.count) / seconds, p50Ms: seconds * 1000, p99Ms: seconds * 1000 })
    this.rows.at(-1)!.aim = '0 differ'
    this.rows.at(-1)!.met = found === 0
    if (found) throw new Error(`${found} figures differ from the facts`)
  }

  private add(row: Row, aim?: string, met?: boolean): void {
    this.rows.push(aim && this.options.isCity ? { ...row, aim, met: met! } : row)
    this.say(`${row.name}${row.p50Ms ? `: p50 ${row.p50Ms.toFixed(2)} ms, p99 ${row.p99Ms.toFixed(2)} ms` : ''}`)
  }

  private async timed(name: string, work: () => PromiseLike<unknown>): Promise<number> {
    const began = performance.now()
    await work()
    const seconds = (performance.now() - began) / 1000
    this.seconds[name] = seconds
    this.say(`${name} (${seconds.toFixed(1)} s)`)
    return seconds
  }

  private async repeat(name: string, times: number, work: () => PromiseLike<unknown>): Promise<Row> {
    for (let n = 0; n < Math.min(20, times / 4); n++) await work()
    const taken: number[] = []
    for (let n = 0; n < times; n++) {
      const began = performance.now()
      await work()
      taken.push(performance.now() - began)
    }
    return rowOf(name, taken, 1)
  }

  private async recordMore(count: number): Promise<void> {
    const from = 10 ** 12 + this.extraFacts
    this.extraFacts += Math.ceil(count / 20) * 20
    await recordFacts(this.sql, this.city, from, from + count, 'more')
  }

  /** What a report costs without a roll-up: distinct persons of every group at the region, straight from the facts. */
  private async countDistinct(): Promise<number> {
    return this.timed('COUNT(DISTINCT) of the region × all groups', () => this.sql`
      select one, count(distinct person_id) from private.counted_participations cross join unnest(groups) as one where year = ${this.city.year} group by one`)
  }

  private async makeStaff(role: string): Promise<string> {
    const { sql, city } = this
    const [person] = await sql`insert into public.persons (name, residence_unit_id) values ('工作人员', ${city.firstVillage}) returning id`
    await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) values (${person!.id}, 1, ${role}, '2000-01-01')`
    const [account] = await sql`insert into identity.accounts (email, username, person_id) values (${`bench-${role}@accounts.invalid`}, ${`bench_${role}`}, ${person!.id}) returning id`
    return account!.id as string
  }
}

function rowOf(name: string, times: number[], each: number): Row {
  const sorted = [...times].sort((a, b) => a - b)
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1000
  return { name, perSecond: each * times.length / seconds, p50Ms: sorted[Math.floor(sorted.length * 0.5)]!, p99Ms: sorted[Math.floor(sorted.length * 0.99)]! }
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}
