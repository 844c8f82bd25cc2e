import { SessionLeave } from '~~/shared/schemas/activities'

/** Says that one session of a term will be missed, or will not after all. 404 `signup_unknown` | `session_unknown`, 409 `session_started` | `signup_not_confirmed`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { signup, session, away } = await readInput(event, SessionLeave)
  const { error } = await database.rpc('set_leave', { of_signup_id: signup, of_session_id: session, away: away === 'yes' })
  if (error) throw databaseRefusal(error)
  return { away: away === 'yes' }
}, (event, { away }) => backTo(event, away ? 'away' : 'back'))
