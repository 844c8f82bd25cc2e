import type { H3Event } from 'h3'
import type { TrailStep } from '~~/shared/types/desk'
import type { Me, Sight } from '~~/shared/types/identity'
import type { Supabase } from './database'

export interface Desk { me: Me, database: Supabase }

const REFUSED: Partial<Record<Sight, string>> = { figures: 'figures_hidden', names: 'names_hidden' }

/**
 * Who is asking, and the database as their posts see it. The database decides row by row; this says no in words first.
 * @throws 401 `sign_in_needed`, 403 `desk_closed` | `figures_hidden` | `names_hidden` | `post_lacks_sight` | `password_change_needed` | `second_factor_needed`
 */
export async function requireDesk(event: H3Event, sight: Sight = 'desk'): Promise<Desk> {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database, mustSetFactor } = await requireSession(event)
  if (mustSetFactor) throw refusal(403, 'second_factor_needed')
  const me = await answerOf(database.rpc('who_am_i')) as unknown as Me | null
  if (!me?.posts.some(post => post.sights.includes('desk'))) throw refusal(403, 'desk_closed')
  if (!me.posts.some(post => post.sights.includes(sight))) throw refusal(403, REFUSED[sight] ?? 'post_lacks_sight', { sight })
  return { me, database }
}

/**
 * The way from the region to a unit, the unit last; without a code the topmost unit of one's posts.
 * @throws 404 `unit_unknown`, 403 `unit_not_yours`
 */
export async function requireUnit({ database }: Desk, code: string | undefined, sight: Sight): Promise<{ unit: TrailStep, trail: TrailStep[] }> {
  const steps = await answerOf(database.rpc('unit_trail', { unit_code: code ?? null!, sight }))
  const trail = steps.map(step => ({ id: step.unit_id!, code: step.code!, name: step.name!, level: step.level as TrailStep['level'], inSight: step.in_sight! }))
  const unit = trail.at(-1)
  if (!unit) throw refusal(404, 'unit_unknown')
  if (!unit.inSight) throw refusal(403, 'unit_not_yours')
  return { unit, trail }
}

/** The answer of the database, or its refusal. */
export async function answerOf<T>(call: PromiseLike<{ data: T, error: Parameters<typeof databaseRefusal>[0] | null }>): Promise<NonNullable<T>> {
  const { data, error } = await call
  if (error) throw databaseRefusal(error)
  return data as NonNullable<T>
}

/** The running year, where China is. */
export function thisYear(): number {
  return chinaYear(new Date())
}
