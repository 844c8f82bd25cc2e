import { CaseAnnulment, CaseId } from '~~/shared/schemas/recognition'

/**
 * Agrees that a certificate is false, so that its credits are taken back, or leaves it recognised: the second of two people. 403
 * `own_case`, 404 `case_unknown`, 409 `nothing_to_decide` | `second_person_needed`, 422 by field.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, CaseId)
  const { decision, reason } = await readInput(event, CaseAnnulment)
  const { database } = await requireDesk(event, 'approval')
  return { case: id, state: await answerOf(database.rpc('settle_doubt', { case_id: id, agrees: decision === 'annul', reason })) }
}, (_event, { case: id }) => `/desk/credits/recognition/${id}?done=decided`)
