import { z } from 'zod'
import { Day, Id, orNull, Unit } from './fields'

export const CORRECTION_GROUNDS = ['record_missing', 'entered_wrongly', 'system_fault', 'on_appeal'] as const

const Words = { ground: z.enum(CORRECTION_GROUNDS, 'ground_missing'), reason: z.string().trim().min(4, 'reason_too_short').max(300, 'reason_too_short') }

export const CreditCorrection = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('grant'), person: Id('person_unknown'), ...Words,
    /** In credits, to the thousandth, above nothing; empty where the rule says how many. */
    credits: orNull(z.string().trim().regex(/^\d{1,4}(\.\d{1,3})?$/, 'amount_invalid').transform(Number).refine(credits => credits > 0, 'amount_invalid')).default(null),
    rule: z.string().regex(/^[a-z_]{1,40}$/, 'rule_unknown').default('staff_correction'),
    day: Day('day_invalid'),
  }),
  z.object({ kind: z.literal('reversal'), person: Id('person_unknown'), posting: Id('posting_unknown'), ...Words }),
], 'correction_unknown')

export const CreditDecision = z.object({
  correction: Id('correction_unknown'),
  decision: z.enum(['approve', 'refuse'], 'decision_missing'),
  reason: z.string().trim().max(300, 'refusal_reason_missing').default(''),
})
export const CreditCorrectionId = z.object({ correction: Id('correction_unknown') })
export const CreditCorrectionsQuery = z.object({
  unit: Unit.optional().catch(undefined),
  state: z.enum(['open', 'approved', 'refused', 'withdrawn']).catch('open'),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
export const CorrectedPerson = z.object({ person: Id('person_unknown') })
