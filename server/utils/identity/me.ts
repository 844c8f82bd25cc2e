import type { H3Event } from 'h3'
import type { Me } from '~~/shared/types/identity'

/** Who is signed in: person, residence, posts; null for a visitor. */
export async function readMe(event: H3Event): Promise<Me | null> {
  const session = await currentSession(event)
  if (!session) return null
  const { data, error } = await session.database.rpc('who_am_i')
  if (error) throw databaseRefusal(error)
  const { passwordChange, hasFactor, mustSetFactor } = session
  return data ? { ...data as unknown as Me, passwordChange, hasFactor, mustSetFactor } : null
}
