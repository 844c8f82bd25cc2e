import { CaseWithdrawal } from '~~/shared/schemas/recognition'

/** Withdraws a case that is not decided. 404 `case_unknown`, 409 `case_decided`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { case: id } = await readInput(event, CaseWithdrawal)
  const { error } = await database.rpc('withdraw_recognition', { case_id: id })
  if (error) throw databaseRefusal(error)
  return { withdrawn: true }
}, () => '/credits/recognition?done=withdrawn#cases')
