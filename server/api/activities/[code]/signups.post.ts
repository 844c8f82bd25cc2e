import { isError } from 'h3'
import { ActivityCode, SignUp } from '~~/shared/schemas/activities'

/**
 * Signs the asker, or those ticked, up for the seats of a session or term: all get seats, or all wait. Asked again it answers what stands.
 * Where there was a choice, `choose`, somebody must be ticked. 401 `sign_in_needed`, 403 `introduction_needed` | `person_not_yours`, 404
 * `activity_unknown`, 409 by what stands in the way, 422 `people_invalid`.
 */
export default formHandler(async (event) => {
  const { code } = readParams(event, ActivityCode)
  const { pool, choose, people } = await readInput(event, SignUp)
  const here = `/activities/${code}`
  const session = await currentSession(event)
  // A plain form goes where the answer is: to sign in, to introduce oneself, and back here, where `join` asks for one more press.
  const again = encodeURIComponent(`${here}?join=1`)
  if (!session && isFormPost(event)) return { people: [], next: `/sign-in?next=${again}` }
  if (!session) throw refusal(401, 'sign_in_needed')
  if (session.passwordChange) throw refusal(403, 'password_change_needed')
  if (choose && people.length === 0) throw refusal(422, 'people_invalid', { field: 'people' })
  try {
    return { people: await signUp(session, pool, people), next: `${here}?done=signed-up#mine` }
  }
  catch (error) {
    if (isFormPost(event) && isError(error) && (error.data as { code?: string })?.code === 'introduction_needed') return { people: [], next: `/welcome?next=${again}` }
    throw error
  }
}, (_event, { next }) => next)
