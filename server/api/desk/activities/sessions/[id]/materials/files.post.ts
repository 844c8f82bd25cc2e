import { SessionId } from '~~/shared/schemas/desk-activities'
import { MATERIAL_BYTES, MaterialFile } from '~~/shared/schemas/materials'

/**
 * Keeps a material that comes as a file of 5 MB at most: a photo without the place and time it was taken at, a PDF as it is. 404
 * `session_unknown`, 409 `photos_too_many` | `material_accepted`, 413 `material_too_large`, 422 by field.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'activities')
  const { fields, file } = await readFormFile(event, 'file', MATERIAL_BYTES, 'material_too_large')
  const { kind, ...said } = checkFields(fields, MaterialFile)
  if (!file) throw refusal(422, 'material_file_missing', { field: 'file' })
  const material = await answerOf(database.rpc('save_material', { of_session_id: id, given: { kind, ...said, file: sealMaterial(file) } }))
  return { session: id, material }
}, (_event, { session }) => `/desk/activities/sessions/${session}/materials?done=saved`)
