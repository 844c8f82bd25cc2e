import type { Supabase } from './database'

/** How many people of each group were reached at a unit and those right below it, by `<unit>.<group>.<area>`: a population below that is wrong. */
export async function peopleReached(database: Supabase, unitId: number, year: number): Promise<Record<string, number>> {
  const rows = await everyRow((from, to) => database.rpc('people_reached', { in_unit_id: unitId, counted_year: year }).order('unit_code').order('group_id').order('area').range(from, to))
  return Object.fromEntries(rows.map(row => [`${row.unit_code}.${row.group_id}.${row.area}`, row.persons!]))
}

export async function populationGroups(database: Supabase) {
  return answerOf(database.from('population_groups').select('id, zh, en').order('position'))
}
