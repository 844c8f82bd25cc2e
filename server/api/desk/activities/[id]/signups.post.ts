import { ActivityId, SignupEntry } from '~~/shared/schemas/desk-activities'

/** Signs somebody up who agreed to it. 409 `too_young`, `signup_closed` …, 422 `consent_missing`; who is in already stays in. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { pool, person, consent } = await readInput(event, SignupEntry)
  const { database } = await requireDesk(event, 'people')
  const activity = await activityAtDesk(database, id)
  if (activity.seats?.pool !== pool && !activity.sessions.some(session => session.seats?.pool === pool)) throw refusal(404, 'session_unknown')
  const [signed] = await answerOf(database.rpc('sign_up', { of_pool_id: pool, person_ids: [person], consent }))
  return { id, name: signed!.name!, status: signed!.status!, place: signed!.place, isNew: signed!.is_new! }
}, (_event, { id, status, isNew }) => `/desk/activities/${id}/signups?done=${isNew ? status : 'known'}`)
