import { MaterialId, PhotoWithdrawal } from '~~/shared/schemas/materials'

/** Takes a photo away for good. 404 `material_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, MaterialId)
  const { reason } = await readInput(event, PhotoWithdrawal)
  const { database } = await requireDesk(event, 'activities')
  return { session: await answerOf(database.rpc('withdraw_photo', { of_material_id: id, reason })) }
}, (_event, { session }) => `/desk/activities/sessions/${session}/materials?done=withdrawn`)
