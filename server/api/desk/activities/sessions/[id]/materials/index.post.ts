import { SessionId } from '~~/shared/schemas/desk-activities'
import { MaterialText } from '~~/shared/schemas/materials'

/** Keeps a material that is written: plan, record, press note. 404 `session_unknown`, 409 `material_accepted` | `session_not_begun`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { kind, body, madeOn } = await readInput(event, MaterialText)
  const { database } = await requireDesk(event, 'activities')
  return { session: id, material: await answerOf(database.rpc('save_material', { of_session_id: id, given: { kind, body, madeOn } })) }
}, (_event, { session }) => `/desk/activities/sessions/${session}/materials?done=saved`)
