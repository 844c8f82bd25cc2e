import { ActivityCode, SignUp } from '~~/shared/schemas/activities'
import type { Me } from '~~/shared/types/identity'

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
  const { database } = session ?? await requireSession(event)
  if (session?.passwordChange) throw refusal(403, 'password_change_needed')
  const me = await answerOf(database.rpc('who_am_i')) as unknown as Me | null
  if (!me?.person && isFormPost(event)) return { people: [], next: `/welcome?next=${again}` }
  if (!me?.person) throw refusal(403, 'introduction_needed')
  if (choose && people.length === 0) throw refusal(422, 'people_invalid', { field: 'people' })
  const { data, error } = await database.rpc('sign_up', { of_pool_id: pool, person_ids: people.length ? people : [me.person.id] })
  if (error) throw databaseRefusal(error)
  return {
    people: data.map(row => ({ signup: row.signup_id!, name: row.name!, status: row.status!, place: row.place, isNew: row.is_new! })),
    next: `${here}?done=signed-up#mine`,
  }
}, (_event, { next }) => next)
