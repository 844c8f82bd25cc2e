import type { CoverageRow, Labelled } from '~~/shared/types/desk'
import type { Supabase } from './database'

/** Coverage of a unit and of those right below it, in the order of the tree. */
export async function coverageOf(database: Supabase, unitId: number, year: number, group: string): Promise<CoverageRow[]> {
  const rows = await answerOf(database.rpc('coverage_by_unit', { parent_unit_id: unitId, counted_year: year, counted_group: group }))
  return rows.map(row => ({
    code: row.code!, name: row.name!, level: row.level as CoverageRow['level'], isParent: row.is_parent!, hasChildren: row.has_children!,
    persons: row.persons!, personTimes: row.person_times!, hours: row.hours!,
    population: row.population, populationSource: row.population_source, missingCount: row.missing_count!, missingNames: row.missing_names ?? [],
  }))
}

/** What one may choose from: the groups, and the years that have figures, the running one always. */
export async function figureChoices(database: Supabase, unitId: number): Promise<{ groups: Labelled[], years: number[] }> {
  const [groups, counted] = await Promise.all([
    answerOf(database.from('population_groups').select('id, zh, en').order('position')),
    answerOf(database.rpc('coverage_years', { in_unit_id: unitId })),
  ])
  return { groups, years: [...new Set([thisYear(), ...counted])].sort((a, b) => b - a) }
}

/** The chosen group. @throws 422 `group_unknown` */
export function chosenGroup(groups: Labelled[], id: string): Labelled {
  const group = groups.find(one => one.id === id)
  if (!group) throw refusal(422, 'group_unknown', { field: 'group' })
  return group
}
