import { CaseId, CaseWord } from '~~/shared/schemas/recognition'

/** Proposes, as one of two. 403 `own_case`, 404 `case_unknown`, 409 `reviewed_already` | `case_not_open` | `certificate_double`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, CaseId)
  const word = await readInput(event, CaseWord)
  const { database } = await requireDesk(event, 'approval')
  return { case: id, state: await answerOf(database.rpc('review_recognition', caseWord(id, word))) }
}, (_event, { case: id }) => `/desk/credits/recognition/${id}?done=proposed`)
