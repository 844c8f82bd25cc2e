import type { CaseWord } from '~~/shared/schemas/recognition'
import type { z } from 'zod'

/** A proposal or a decision as the functions of the database take it. */
export function caseWord(id: number, { decision, credits, category, reason, doubleReason }: z.infer<typeof CaseWord>) {
  return {
    case_id: id, accepts: decision === 'accept', milli_credits: credits === undefined ? null! : Math.round(credits * 1000), category_id: category ?? null!, reason, double_reason: doubleReason,
  }
}
