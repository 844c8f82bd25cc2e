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
  // One call and no more: thousands press in the same minute.
  const { data, error } = await session.database.rpc('sign_up', { of_pool_id: pool, ...(people.length && { person_ids: people }) })
  if (error?.message === 'introduction_needed' && isFormPost(event)) return { people: [], next: `/welcome?next=${again}` }
  if (error) throw databaseRefusal(error)
  return {
    people: data.map(row => ({ signup: row.signup_id!, name: row.name!, status: row.status!, place: row.place, isNew: row.is_new! })),
    next: `${here}?done=signed-up#mine`,
  }
}, (_event, { next }) => next)
