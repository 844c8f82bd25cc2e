// Random edits of everything that figures depend on, for writers that work at the same moment; of the benchmark and of a test.
import type postgres from 'postgres'

export interface Region {
  years: readonly number[]
  /** Persons have the ids from `firstPerson` on. */
  firstPerson: number
  persons: number
  villages: readonly number[]
  townships: readonly number[]
  hosts: readonly number[]
  /** How often an edit moves a unit instead. */
  moves: number
}

const CATEGORIES = ['law', 'health', 'digital', 'science']

/** Numbers from 0 up to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One edit. What the rules refuse (a row corrected by another writer first) changes nothing and is as good as not tried. */
export async function edit(sql: postgres.Sql, region: Region, random: () => number): Promise<void> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const person = () => region.firstPerson + Math.floor(random() * region.persons)
  const dice = random()
  try {
    if (random() < region.moves) await move(sql, region, pick)
    else if (dice < 0.55) await record(sql, [person()], pick(region.years), pick(region.hosts), random)
    else if (dice < 0.6) await record(sql, Array.from({ length: 25 }, person), pick(region.years), pick(region.hosts), random)
    else if (dice < 0.85) await correct(sql, region, random, pick)
    else if (dice < 0.93) await merge(sql, person(), person())
    else if (dice < 0.97) await undo(sql, person())
    else await sql`update public.persons set residence_unit_id = ${pick(region.villages)} where id = ${person()}`
  }
  catch (error) {
    if (!['23505', 'PT409', 'PT422'].includes((error as { code?: string }).code ?? '')) throw error
  }
}

function record(sql: postgres.Sql, persons: number[], year: number, host: number, random: () => number): Promise<unknown> {
  return sql`
    insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at,
      hours, status, channel, entry_source)
    select gen_random_uuid()::text, person.id, 'training', ${random() < 0.1 ? null : CATEGORIES[Math.floor(random() * CATEGORIES.length)]!}, ${random() < 0.7}, ${random() < 0.93 ? 'learner' : 'tutor'},
      home.id, home.area, ${random() < 0.8 ? host : null}, private.groups_of(person.id, person.birth_year, make_date(${year}, 7, 1)), person.birth_year, person.sex, event.at, event.at,
      ${Math.floor(random() * 300) / 100}, ${random() < 0.92 ? 'attended' : 'absent'}, ${random() < 0.5 ? 'onsite' : 'web'}, 'paper'
    from public.persons person join public.units home on home.id = person.residence_unit_id
    cross join (select make_timestamptz(${year}, ${1 + Math.floor(random() * 12)}, ${1 + Math.floor(random() * 28)}, ${Math.floor(random() * 23)}, 0, 0) as at) event
    where person.id = any (${persons}::bigint[])`
}

/** A correction of any row, also of a correction: another state, other hours, another day or year. */
async function correct(sql: postgres.Sql, region: Region, random: () => number, pick: <T>(list: readonly T[]) => T): Promise<void> {
  const [last] = await sql`select max(id) as id from public.participations`
  // Half of them touch what was written lately, where corrections of corrections are.
  const highest = Number(last!.id ?? 0)
  const from = random() < 0.5 ? Math.max(0, highest - 50) : Math.floor(random() * highest)
  const at = random() < 0.3 ? `${pick(region.years)}-0${1 + Math.floor(random() * 9)}-15T10:00+08:00` : null
  await sql`
    insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at,
      hours, status, channel, entry_source, corrects)
    select gen_random_uuid()::text, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, coalesce(${at}, started_at), coalesce(${at}, ended_at),
      ${Math.floor(random() * 300) / 100}, ${random() < 0.5 ? 'attended' : 'cancelled'}, channel, entry_source, id
    from public.participations where id = (select min(id) from public.participations where id > ${from})`
}

async function merge(sql: postgres.Sql, first: number, second: number): Promise<void> {
  const [into, from] = [Math.min(first, second), Math.max(first, second)]
  await sql`update public.persons merged set merged_into = ${into}, counts_as = ${into}
    where id = ${from} and id <> ${into} and counts_as is null and not exists (select from public.persons other where other.counts_as = ${from})
      and exists (select from public.persons target where target.id = ${into} and target.counts_as is null)
      -- Two merges that cross would make a chain, which the desk's own function refuses under its lock.
      and pg_advisory_xact_lock(hashtext('edits: merge')) is not null`
}

async function undo(sql: postgres.Sql, from: number): Promise<void> {
  await sql`update public.persons set merged_into = null, counts_as = null
    where id = (select id from public.persons where id >= ${from} and counts_as is not null order by id limit 1)`
}

async function move(sql: postgres.Sql, region: Region, pick: <T>(list: readonly T[]) => T): Promise<void> {
  await sql`update public.units set parent_id = ${pick(region.townships)}, placed_on = make_date(${pick(region.years)}, 6, 1) where id = ${pick(region.villages)}`
}
