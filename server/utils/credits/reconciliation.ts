import type { CreditCheck } from '~~/shared/types/credits'
import type { CheckedPart } from '~~/shared/utils/credit-invariants'
import type { Supabase } from '../database'

/** Whoever was silent for this long was cut off. */
const CUT_OFF_MS = 10 * 60_000

/** The last checks of the ledger, newest first, and apart from them the one that is running and the last that ended. */
export async function creditChecks(database: Supabase): Promise<{ running: CreditCheck | null, latest: CreditCheck | null, checks: CreditCheck[] }> {
  const rows = await answerOf(database.from('credit_checks').select('id, began_at, ended_at, postings, legs, faults, found, parts, done').order('id', { ascending: false }).limit(10))
  const checks = rows.map((row): CreditCheck => {
    const done = row.done as unknown as CheckedPart[]
    const heardAt = done.at(-1)?.at ?? row.began_at
    return {
      id: row.id, beganAt: row.began_at, endedAt: row.ended_at, postings: row.postings, legs: row.legs, faults: row.faults, parts: row.parts.length, done,
      found: row.found as unknown as CreditCheck['found'],
      isRunning: row.ended_at === null && Date.now() - Date.parse(heardAt) < CUT_OFF_MS,
    }
  })
  const [newest] = checks
  return { running: newest?.isRunning ? newest : null, latest: checks.find(({ endedAt, parts }) => endedAt && parts) ?? null, checks }
}
