import { SessionId } from '~~/shared/schemas/desk-activities'

/** Hands in whatever of a session is a draft. 404 `session_unknown`, 409 `no_material_to_submit`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'activities')
  return { session: id, count: await answerOf(database.rpc('submit_materials', { of_session_id: id })) }
}, (_event, { session }) => `/desk/activities/sessions/${session}/materials?done=submitted`)
