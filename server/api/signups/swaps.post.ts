import { SessionSwap } from '~~/shared/schemas/activities'

/** Changes to another session of the same activity, or nothing changes. 404 `signup_unknown` | `session_unknown`, 409 `session_full` | `signed_up_there` | `session_started` | … */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { signup, pool } = await readInput(event, SessionSwap)
  const { data, error } = await database.rpc('swap_session', { of_signup_id: signup, to_pool_id: pool })
  if (error) throw databaseRefusal(error)
  return { signup: data }
}, event => backTo(event, 'swapped'))
