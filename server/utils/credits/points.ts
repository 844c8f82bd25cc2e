import type { PointTerms } from '~~/shared/types/credits'
import type { Supabase } from '../database'

/** The terms of points in force today, and those to come; a region without either keeps none. */
export async function pointTerms(database: Supabase): Promise<{ now: PointTerms | null, coming: PointTerms | null }> {
  const terms = (await answerOf(database.from('credit_point_terms').select('id, in_force, points_per_credit, months').order('in_force')))
    .map(one => ({ id: one.id, pointsPerCredit: one.points_per_credit, months: one.months, ...standing(one.in_force as string, chinaToday()) }))
  return { now: terms.find(({ state }) => state === 'in_force') ?? null, coming: terms.find(({ state }) => state === 'coming') ?? null }
}
