import { ApplicationId } from '~~/shared/schemas/honours'

/** Withdraws one's application before it is decided; the credits come back. 404 `application_unknown`, 409 `application_decided`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { application } = await readInput(event, ApplicationId)
  const { error } = await database.rpc('withdraw_application', { application_id: application })
  if (error) throw databaseRefusal(error)
  return { withdrawn: true }
}, () => '/credits/awards')
