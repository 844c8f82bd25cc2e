import type { Supabase } from './database'

/** How many people of each group were reached at a unit and those right below it, `<unit>.<group>`: a population below that is wrong. */
export async function peopleReached(database: Supabase, unitId: number, year: number, groups: readonly string[]): Promise<Record<string, number>> {
  const answers = await Promise.all(groups.map(async group =>
    (await answerOf(database.rpc('coverage_by_unit', { parent_unit_id: unitId, counted_year: year, counted_group: group }))).map(row => [`${row.code}.${group}`, row.persons ?? 0] as const)))
  return Object.fromEntries(answers.flat().filter(([, persons]) => persons > 0))
}

export async function populationGroups(database: Supabase) {
  return answerOf(database.from('population_groups').select('id, zh, en').order('position'))
}
