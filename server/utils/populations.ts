import type { Supabase } from './database'

/** How many people of each group were reached at a unit and those right below it, by `<unit>.<group>.<area>`: a population below that is wrong. */
export async function peopleReached(database: Supabase, unitId: number, year: number): Promise<Record<string, number>> {
  const rows = await everyRow((from, to) => database.rpc('people_reached', { in_unit_id: unitId, counted_year: year }).order('unit_code').order('group_id').order('area').range(from, to))
  return Object.fromEntries(rows.map(row => [`${row.unit_code}.${row.group_id}.${row.area}`, row.persons!]))
}

export async function populationGroups(database: Supabase) {
  return answerOf(database.from('population_groups').select('id, zh, en').order('position'))
}

const GAPS_AT_ONCE = 500

/** Every unit below that lacks figures of a year, with the groups that it lacks, for a file. */
export async function everyGap(database: Supabase, unitId: number, year: number) {
  const all: { code: string, name: string, above: string | null, groups: string[] }[] = []
  for (let total = Infinity; all.length < total;) {
    const page = await answerOf(database.rpc('population_gaps', { in_unit_id: unitId, counted_year: year, page_size: GAPS_AT_ONCE, skip: all.length }))
    if (!page.length) break
    total = page[0]!.total!
    all.push(...page.map(gap => ({ code: gap.unit_code!, name: gap.unit_name!, above: gap.above_name, groups: gap.group_ids ?? [] })))
  }
  return all
}
