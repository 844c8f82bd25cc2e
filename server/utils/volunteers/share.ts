import type { ServiceShare } from '~~/shared/types/volunteers'
import type { Supabase } from '../database'

/** How many residents of a unit and of those right below it serve, in the days asked for; small numbers are null for posts that see no names. */
export async function serviceShareOf(database: Supabase, unitId: number, from: string, until: string): Promise<ServiceShare[]> {
  const rows = await answerOf(database.rpc('volunteer_share', { in_unit_id: unitId, from_day: from, until_day: until }))
  const missing = rows.some(row => row.missing_count)
    ? await everyRow((first, last) => database.rpc('missing_denominators', { in_unit_id: unitId, counted_year: Number(until.slice(0, 4)) }).range(first, last))
    : []
  return rows.map(row => ({
    code: row.code!, name: row.name!, isParent: row.is_parent!, registered: row.registered, served: row.served, hours: row.minutes === null ? null : row.minutes / 60,
    residents: row.residents, source: row.source, missing: missing.filter(one => one.row_code === row.code).map(one => ({ code: one.code!, name: one.name! })),
  }))
}
