import { CaseId, CaseWord } from '~~/shared/schemas/recognition'

/**
 * Decides where two differ or the applicant objected. 403 `own_case` | `reviewed_before` | `unit_not_yours`, 404 `case_unknown`,
 * 409 `nothing_to_decide` | `certificate_double`, 422 by field.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, CaseId)
  const word = await readInput(event, CaseWord)
  const { database } = await requireDesk(event, 'approval')
  return { case: id, state: await answerOf(database.rpc('decide_recognition', caseWord(id, word))) }
}, (_event, { case: id }) => `/desk/credits/recognition/${id}?done=decided`)
