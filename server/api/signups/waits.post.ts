import { SessionSwap } from '~~/shared/schemas/activities'

/**
 * Waits for another session with the seat that one has, or changes to it where it has seats by now.
 * @throws 404 `signup_unknown` | `session_unknown`, 409 `swap_by_school` | `signed_up_there` | `adult_needed` | `child_left_alone` | `session_started` | …
 */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { signup, pool } = await readInput(event, SessionSwap)
  return { outcome: await answerOf(database.rpc('wait_for_session', { of_signup_id: signup, to_pool_id: pool })) as 'waiting' | 'swapped' }
}, (event, { outcome }) => backTo(event, outcome))
