import { MaterialDecision, MaterialId } from '~~/shared/schemas/materials'

/** Accepts a material, or gives it back with a reason. 403 `unit_not_yours`, 404 `material_unknown`, 409 `own_material` | `material_not_submitted`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, MaterialId)
  const { decision, reason } = await readInput(event, MaterialDecision)
  const { database } = await requireDesk(event, 'approval')
  return { session: await answerOf(database.rpc('decide_material', { of_material_id: id, accepts: decision === 'accept', reason })) }
}, (_event, { session }) => `/desk/activities/sessions/${session}/materials?done=decided`)
