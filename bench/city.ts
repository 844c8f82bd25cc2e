// A city for measuring figures: units, residents and a year of facts, made by the database itself, the same every time.
import postgres from 'postgres'

export interface CitySize { residents: number, units: number, facts: number }
export interface City extends CitySize {
  year: number
  counties: number
  townships: number
  villages: number
  /** Ids follow each other: the region, counties, townships, villages, schools of the townships, learning points of villages. */
  firstTownship: number
  firstVillage: number
  firstSchool: number
  firstPoint: number
}

const YEAR = 2025
/** One sign-in list. */
const LEARNERS = 20
const BLOCK = 500_000

/** How many units of each level a city of so many units has. */
function layOut({ residents, units, facts }: CitySize): City {
  const counties = Math.max(2, Math.round(units / 500))
  const townships = Math.max(2 * counties, Math.round(units / 25))
  const villages = Math.round((units - counties - 2 * townships) * 0.72)
  const firstTownship = 2 + counties
  const firstVillage = firstTownship + townships
  const firstSchool = firstVillage + villages
  return { residents, units, facts, year: YEAR, counties, townships, villages, firstTownship, firstVillage, firstSchool, firstPoint: firstSchool + townships }
}

/** Fills an empty, migrated database. Nothing is counted yet: the facts come in without marks, for a rebuild to count. */
export async function makeCity(databaseUrl: string, size: CitySize, say: (line: string) => void): Promise<City> {
  const city = layOut(size)
  const sql = postgres(databaseUrl, { max: 3, onnotice: () => undefined })
  try {
    await makeUnits(sql, city)
    say(`${city.units.toLocaleString('en')} units: ${city.counties} counties, ${city.townships} townships, ${city.villages} villages`)
    await makeProfiles(sql)
    const indexes = await dropIndexes(sql, ['public.persons', 'public.participations'])
    await inBlocks(sql, city.residents, (connection, from, to) => makeResidents(connection, city, from, to))
    say(`${city.residents.toLocaleString('en')} residents`)
    let made = 0
    await inBlocks(sql, city.facts, async (connection, from, to) => {
      await makeFacts(connection, city, from, to)
      made += to - from
      say(`${made.toLocaleString('en')} of ${city.facts.toLocaleString('en')} facts`)
    })
    for (const definition of indexes) await sql.unsafe(definition)
    say('indexes')
    for (const table of ['persons', 'participations']) await sql`select setval(pg_get_serial_sequence(${`public.${table}`}, 'id'), (select max(id) from public.${sql(table)}))`
    await sql.unsafe('vacuum (analyze) public.persons'); await sql.unsafe('vacuum (analyze) public.participations')
    await sql.unsafe('analyze public.units, public.unit_paths, public.populations')
    say('statistics')
    return city
  }
  finally { await sql.end() }
}

async function makeUnits(sql: postgres.Sql, city: City): Promise<void> {
  const { counties, townships, villages, units, firstTownship, firstVillage, firstSchool, firstPoint } = city
  const add = (rows: string) => sql.unsafe(`insert into public.units (id, code, parent_id, kind_id, level, name, area, opened_on, placed_on) ${rows}`)
  await add(`values (1, 'B', null, 'administration', 'city', '丰江市', null, null, '2000-01-01')`)
  await add(`select 2 + n, 'B-' || n, 1, 'administration', 'county', '县' || n, null, null, '2000-01-01' from generate_series(0, ${counties - 1}) n`)
  await add(`select ${firstTownship} + n, 'B-T' || n, 2 + n * ${counties} / ${townships}, 'administration', 'township', '镇' || n, null, null, '2000-01-01' from generate_series(0, ${townships - 1}) n`)
  await add(`select ${firstVillage} + n, 'B-V' || n, ${firstTownship} + n * ${townships} / ${villages}, 'administration', 'village', '村庄' || n,
    case n % 10 when 0 then 'urban' when 1 then 'urban' when 2 then 'urban' else 'rural' end, null, '2000-01-01' from generate_series(0, ${villages - 1}) n`)
  await add(`select ${firstSchool} + n, 'B-S' || n, ${firstTownship} + n, 'community_school', 'township', '社区学校' || n, null, null, '2000-01-01' from generate_series(0, ${townships - 1}) n`)
  await add(`select ${firstPoint} + n, 'B-P' || n, ${firstVillage} + n, 'learning_point', 'village', '学习点' || n, null, null, '2000-01-01' from generate_series(0, ${units - firstPoint}) n`)
  await sql`select setval(pg_get_serial_sequence('public.units', 'id'), ${units})`
  // Every administration has figures of its own, as official tables have them.
  await sql`insert into public.populations (unit_id, year, group_id, count, source, as_of)
    select unit.id, ${city.year}, population_group.id, (${city.residents} / case unit.level when 'city' then 1 when 'county' then ${counties}::integer when 'township' then ${townships}::integer else ${villages}::integer end
      / case population_group.id when 'resident' then 1 else 5 end)::integer, '统计年报', make_date(${city.year}, 12, 31)
    from public.units unit cross join public.population_groups population_group where unit.kind_id = 'administration'`
}

/** Age, sex and groups of 512 kinds of people; a resident's kind follows from the id. */
async function makeProfiles(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create unlogged table private.bench_profiles as
    select kind, area, ${YEAR} - age as birth_year, sex, array(
      select id from unnest(array['resident',
        case when age >= 60 then 'elderly' end, case when age between 6 and 17 then 'youth' end, case when age < 18 then 'minors' end,
        case when age < 7 then 'infants' end, case when area = 'rural' and age between 18 and 55 and kind % 3 = 0 then 'prime_age_rural' end,
        case when area = 'rural' and age between 18 and 60 and kind % 2 = 0 then 'rural_labour' end,
        case when area = 'rural' and age between 18 and 60 and kind % 7 = 0 then 'rural_outgoing' end,
        case when area = 'urban' and age between 18 and 60 and kind % 6 = 0 then 'migrant_registered' end,
        case when age between 18 and 60 and kind % 25 = 0 then 'laid_off_registered' end,
        case when kind % 29 = 0 then 'special_groups' end, case when age between 24 and 40 and kind % 4 = 0 then 'infant_parents' end,
        case when age between 30 and 52 and kind % 4 = 1 then 'youth_parents' end]) as id where id is not null order by id) as groups
    from (
      select kind, area, (hashint4extended(kind, 1) & 2147483647) % 92 as age, case when kind % 200 = 0 then null when kind % 2 = 0 then 'female' else 'male' end as sex
      from generate_series(0, 511) kind cross join unnest(array['urban', 'rural']) area
    ) drawn;
    analyze private.bench_profiles`)
}

/** Draws a number below `below` from an id, another one for each purpose. */
const draw = (id: string, purpose: number, below: string | number): string => `((hashint8extended((${id})::bigint, ${purpose}) & 4611686018427387903) % (${below}))`
const villageOf = (person: string, city: City): string => `((${person} - 1) * ${city.villages}::bigint / ${city.residents})`
const areaOf = (village: string): string => `(case when ${village} % 10 < 3 then 'urban' else 'rural' end)`

async function makeResidents(sql: postgres.Sql, city: City, from: number, to: number): Promise<void> {
  await sql.unsafe(`
    insert into public.persons (id, name, sex, birth_year, residence_unit_id, created_at)
    select person.id, '居民' || person.id % 9973, profile.sex, profile.birth_year, ${city.firstVillage} + person.village, '2024-01-01'
    from (select id, ${villageOf('id', city)} as village, ${draw('id', 2, 512)} as kind from generate_series(${from + 1}::bigint, ${to}::bigint) id) person
    join private.bench_profiles profile on profile.kind = person.kind and profile.area = ${areaOf('person.village')}`)
}

const FACT_COLUMNS = `key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at,
  hours, status, sign_in_method, channel, entry_source`

/**
 * Facts number `from` to `to`, as rows of an insert: sign-in lists of twenty, mostly neighbours, at a village, a township's school or
 * a county, and a quarter self-study, in every category and month.
 */
export function factsOf(city: City, from: number, to: number, key = 'bench'): string {
  const { residents, villages, townships, counties } = city
  return `
    select '${key}:' || fact.id, fact.person, case when fact.organised then 'training' else 'self_study' end, category.id, fact.organised, 'learner',
      ${city.firstVillage} + fact.village, ${areaOf('fact.village')}, fact.host, profile.groups, profile.birth_year, profile.sex,
      fact.started_at, fact.started_at + interval '90 minutes', 1.5, 'attended', 'scan',
      case when fact.organised then 'onsite' when fact.id % 2 = 0 then 'web' else 'wechat_h5' end, 'import'
    from (
      select drawn.*, ${villageOf('person', city)} as village, ${draw('person', 2, 512)} as kind
      from (
        select id, list.*, case when ${draw('id', 3, 100)} < list.near then list.first_person + ${draw('id', 4, 'list.persons')} else 1 + ${draw('id', 5, residents)} end as person
        from generate_series(${from}::bigint, ${to - 1}::bigint) id
        cross join lateral (select id / ${LEARNERS} as list_number) numbered
        cross join lateral (select ${draw('list_number', 6, 100)} as dice, ${draw('list_number', 7, villages)} as place, ${draw('list_number', 8, 35)} as category_number,
          '${city.year}-01-02 01:00+00'::timestamptz + ${draw('list_number', 9, 363)} * interval '1 day' + ${draw('list_number', 10, 11)} * interval '1 hour' as started_at) event
        cross join lateral (select dice, category_number, started_at, dice < 75 as organised, 97 as near,
          case when dice < 40 then case when place % 3 = 0 and ${city.firstPoint} + place <= ${city.units} then ${city.firstPoint} + place else ${city.firstVillage} + place end
            when dice < 70 then ${city.firstSchool} + place * ${townships} / ${villages} when dice < 75 then 2 + place * ${counties} / ${villages}
            when dice < 85 then 1 end as host,
          case when dice < 40 then place * ${residents}::bigint / ${villages} + 1 else (place * ${townships} / ${villages}) * ${residents}::bigint / ${townships} + 1 end as first_person,
          case when dice < 40 then greatest(1, ${residents} / ${villages} - 1) else greatest(1, ${residents} / ${townships} - 1) end as persons) list
      ) drawn
    ) fact
    join private.bench_profiles profile on profile.kind = fact.kind and profile.area = ${areaOf('fact.village')}
    join (select id, position - 1 as number, count(*) over () as categories from public.categories) category on category.number = fact.category_number % category.categories`
}

async function makeFacts(sql: postgres.Sql, city: City, from: number, to: number): Promise<void> {
  await sql.unsafe(`insert into public.participations (${FACT_COLUMNS}) ${factsOf(city, from, to)}`)
}

/** Adds facts as everybody does, with every trigger, check and mark. */
export async function recordFacts(sql: postgres.Sql, city: City, from: number, to: number, key: string): Promise<void> {
  await sql.unsafe(`insert into public.participations (${FACT_COLUMNS}) ${factsOf(city, from, to, key)}`)
}

/** Two at a time, without foreign keys and triggers: what is made here keeps them anyway. */
async function inBlocks(sql: postgres.Sql, count: number, make: (connection: postgres.Sql, from: number, to: number) => Promise<void>): Promise<void> {
  let next = 0
  const work = async () => {
    const connection = await sql.reserve()
    try {
      await connection`set session_replication_role = replica`
      await connection`set synchronous_commit = off`
      while (next < count) {
        const from = next
        next = Math.min(count, next + BLOCK)
        await make(connection, from, Math.min(count, from + BLOCK))
      }
      await connection`reset session_replication_role`
    }
    finally { connection.release() }
  }
  await Promise.all([work(), work()])
}

/** Takes a table's plain indexes away for loading and returns what makes them again. */
async function dropIndexes(sql: postgres.Sql, tables: string[]): Promise<string[]> {
  const found = await sql`
    select index.indexrelid::regclass::text as name, pg_get_indexdef(index.indexrelid) as definition from pg_index index
    where index.indrelid = any (${tables}::regclass[]) and not exists (select from pg_constraint where conindid = index.indexrelid)`
  for (const { name } of found) await sql.unsafe(`drop index ${name.includes('.') ? name : `public.${name}`}`)
  return found.map(({ definition }) => definition as string)
}
