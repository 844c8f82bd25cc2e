import { CaseDoubt, CaseId } from '~~/shared/schemas/recognition'

/** Says that a recognised certificate is false; another one of the staff agrees or not. 403 `own_case`, 404 `case_unknown`, 409 `case_not_recognised`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, CaseId)
  const { reason } = await readInput(event, CaseDoubt)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('doubt_recognition', { case_id: id, reason })
  if (error) throw databaseRefusal(error)
  return { case: id }
}, (_event, { case: id }) => `/desk/credits/recognition/${id}?done=doubted`)
