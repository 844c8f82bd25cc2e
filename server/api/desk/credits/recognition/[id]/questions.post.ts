import { CaseId, CaseQuestion } from '~~/shared/schemas/recognition'

/** Asks the applicant for what is missing. 403 `own_case`, 404 `case_unknown`, 409 `case_not_open`, 422 `question_missing`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, CaseId)
  const { note } = await readInput(event, CaseQuestion)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('ask_recognition', { case_id: id, note })
  if (error) throw databaseRefusal(error)
  return { case: id }
}, (_event, { case: id }) => `/desk/credits/recognition/${id}?done=asked`)
