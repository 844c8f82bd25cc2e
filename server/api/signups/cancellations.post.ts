import { SignUpCancellation } from '~~/shared/schemas/activities'

/** Gives a seat or a place in the line back; again changes nothing. 404 `signup_unknown`, 409 `session_started` | `child_left_alone` without `together`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { signup, together } = await readInput(event, SignUpCancellation)
  const { error } = await database.rpc('cancel_signup', { of_signup_id: signup, with_children: together === 'yes' })
  if (error) throw databaseRefusal(error)
  return { cancelled: true }
}, event => backTo(event, 'cancelled'))
