import type { HolidayRow, StaffTraining } from '~~/shared/types/desk'
import type { Supabase } from './database'

/** Young people reached in the holidays of a year, of a unit and of those right below it. */
export async function holidaysOf(database: Supabase, unitId: number, year: number): Promise<HolidayRow[]> {
  const rows = await answerOf(database.rpc('youth_in_holidays', { in_unit_id: unitId, counted_year: year }))
  return rows.map(row => ({
    code: row.code!, name: row.name!, isParent: row.is_parent!, persons: row.persons, population: row.population, populationSource: row.source,
    missingCount: row.missing_count ?? 0, missingNames: row.missing_names ?? [],
  }))
}

/** Who runs community education at a unit and below, and who of them was trained in a year: by role, all together last. */
export async function staffTrainingOf(database: Supabase, unitId: number, year: number): Promise<StaffTraining[]> {
  const rows = await answerOf(database.rpc('staff_training_share', { in_unit_id: unitId, counted_year: year }))
  return rows.map(row => ({ role: row.role_id === null ? null : { id: row.role_id, zh: row.zh!, en: row.en! }, holders: row.holders, trained: row.trained }))
}
