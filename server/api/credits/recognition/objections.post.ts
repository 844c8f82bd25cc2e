import { CaseObjection } from '~~/shared/schemas/recognition'

/** Objects to a decision, once and within thirty days. 404 `case_unknown`, 409 `objected_already` | `case_not_decided` | `objection_late`, 422 `objection_reason_missing`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { case: id, reason } = await readInput(event, CaseObjection)
  const { error } = await database.rpc('object_recognition', { case_id: id, reason })
  if (error) throw databaseRefusal(error)
  return { objected: true }
}, () => '/credits/recognition?done=objected#cases')
