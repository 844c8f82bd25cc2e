import type { z } from 'zod'
import type { Beats } from '~~/shared/schemas/watching'
import type { WatchProgress } from '~~/shared/types/watching'
import type { EarnedRow } from '../credits/course-earned'
import type { Session } from '../identity/session'

/** As the database answers it. */
type Progress = Omit<WatchProgress, 'earned'> & { earned?: EarnedRow | null }

/** Sends beats as an account. */
export async function sendBeats({ accountId }: Session, watchId: string, { beats }: z.infer<typeof Beats>): Promise<Progress> {
  const [row] = await askAs<{ progress: Progress }>(accountId, (sql, claims) => sql`
    select public.send_beats(${watchId}, ${sql.json(beats)}) as progress from set_config('request.jwt.claims', ${claims}, true)`)
  return row!.progress
}
