import { ActivityId, SignupEntry } from '~~/shared/schemas/desk-activities'

/**
 * Signs somebody up who agreed to it, with whom they look after; all have seats, or all wait. 409 `too_young`, `signup_closed` …,
 * 422 `consent_missing`; who is in already stays in.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { pool, people, consent } = await readInput(event, SignupEntry)
  const { database } = await requireDesk(event, 'people')
  const activity = await activityAtDesk(database, id)
  if (activity.seats?.pool !== pool && !activity.sessions.some(session => session.seats?.pool === pool)) throw refusal(404, 'session_unknown')
  const rows = await answerOf(database.rpc('sign_up', { of_pool_id: pool, person_ids: people, consent }))
  // Of those who were not in before, if there are any.
  const signed = rows.find(row => row.is_new) ?? rows[0]!
  return { id, name: rows.map(row => row.name!).join('、'), status: signed.status!, place: signed.place, isNew: signed.is_new! }
}, (_event, { id, status, isNew }) => `/desk/activities/${id}/signups?done=${isNew ? status : 'known'}`)
