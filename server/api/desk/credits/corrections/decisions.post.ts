import { CreditDecision } from '~~/shared/schemas/corrections'

/**
 * Approves a correction, which is posted at once, or refuses it with a reason.
 * 404 `correction_unknown`, 409 `correction_decided` | `second_person_needed` | `own_account` | `reversed_already`, 422 `refusal_reason_missing`.
 */
export default formHandler(async (event) => {
  const { correction, decision, reason } = await readInput(event, CreditDecision)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('decide_credit_correction', { correction_id: correction, approves: decision === 'approve', reason })
  if (error) throw databaseRefusal(error)
  return { decision }
}, () => '/desk/credits/corrections')
