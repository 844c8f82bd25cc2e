import { SignUpCancellation } from '~~/shared/schemas/activities'

/** Gives a seat or a place in the line back; again changes nothing. 404 `signup_unknown`, 409 `session_started`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { signup } = await readInput(event, SignUpCancellation)
  const { error } = await database.rpc('cancel_signup', { of_signup_id: signup })
  if (error) throw databaseRefusal(error)
  return { cancelled: true }
}, event => backTo(event, 'cancelled'))
