import { HonourConsent } from '~~/shared/schemas/honours'

/** Agrees to be named on the board of honours, or no longer; at once. 401 `sign_in_needed`, 403 `person_needed`, 409 `not_grown_up`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { choice } = await readInput(event, HonourConsent)
  const { error } = await database.rpc('set_honour_consent', { gives: choice === 'yes' })
  if (error) throw databaseRefusal(error)
  return { isNamed: choice === 'yes' }
}, () => '/credits/honours#named')
