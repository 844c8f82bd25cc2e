import type { Supabase } from '../database'

export interface Entrant { number: number, size: number, rank: -1 | 0 | 1, place: number | null, outcome: 'seat' | 'line' | 'withdrawn' }

export interface Draw {
  pool: number
  /** Null where it is for a whole term. */
  startsAt: string | null
  capacity: number
  algorithm: string
  seedHash: string
  committedAt: string
  /** How many numbers were given out. */
  numbers: number
  drawnAt: string | null
  seed: string | null
  seats: number | null
  entrants: Entrant[] | null
}

/** The draws of an activity as public.draws_of_activity() answers them; null where nothing is drawn. */
export async function drawsOf(database: Supabase, code: string) {
  return await answerOf(database.rpc('draws_of_activity', { of_code: code })) as unknown as
    { code: string, title: string, host: string, opensAt: string | null, closesAt: string, cancelReason: string | null, newcomersFirst: boolean, draws: Draw[] } | null
}

/** One draw that is over, as it is published. 404 `activity_unknown` */
export async function publishedDraw(code: string, pool: number) {
  const page = await drawsOf(anonymousDatabase(), code)
  const draw = page?.draws.find(one => one.pool === pool)
  if (!page || !draw?.entrants) throw refusal(404, 'activity_unknown')
  const { closesAt, title, host } = page
  return { title, host, code, closesAt, ...draw, entrants: draw.entrants }
}
