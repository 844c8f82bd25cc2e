import type { CreditCorrection } from '~~/shared/types/credits'
import type { Database } from '~~/shared/types/database'

/** The columns that {@link correctionOf} reads. */
export const CORRECTION_COLUMNS = `id, kind, state, milli_credits, happened_on, ground, reason, decision, asked_at, decided_at, asked_person_id, target_milli_credits, target_day, posted_milli_credits,
  learner_id, learner_name, home_name, asker_name, rule_zh, rule_en` as const

type Row = Database['public']['Functions']['credit_corrections_below']['Returns'][number]

/** A correction as the desk shows it; `mine` is the asker's person. What is taken back is below nothing. */
export function correctionOf(row: Row, mine: number | undefined): CreditCorrection {
  return {
    id: row.id!, kind: row.kind as CreditCorrection['kind'], state: row.state as CreditCorrection['state'], person: { id: row.learner_id!, name: row.learner_name! }, unit: row.home_name!,
    milliCredits: row.milli_credits ?? -row.target_milli_credits!, day: (row.happened_on ?? row.target_day)!, ground: row.ground as CreditCorrection['ground'], reason: row.reason!,
    askedBy: row.asker_name!, askedAt: row.asked_at!, decidedAt: row.decided_at, decision: row.decision,
    postedMilliCredits: row.posted_milli_credits, isMine: row.asked_person_id === mine,
    rule: row.ground === 'by_rule' ? { zh: row.rule_zh!, en: row.rule_en! } : null,
  }
}
