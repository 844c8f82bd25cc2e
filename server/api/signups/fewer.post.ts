import { SeatsBack } from '~~/shared/schemas/activities'

/** Gives several seats of one session or term back together. 404 `signup_unknown`, 409 `child_left_alone` | `session_started`, 422 `seats_none_chosen`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { signups } = await readInput(event, SeatsBack)
  if (!signups.length) throw refusal(422, 'seats_none_chosen', { field: 'people' })
  return { gone: await answerOf(database.rpc('give_seats_back', { signup_ids: signups })) }
}, event => backTo(event, 'fewer'))
