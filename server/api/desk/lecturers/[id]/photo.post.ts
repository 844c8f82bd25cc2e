import { LecturerId, LecturerPhoto } from '~~/shared/schemas/lecturers'

const LARGEST = 300 * 1024
const TYPES: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }

/**
 * The photo of a listed lecturer who agreed to it, without the place and time that it was taken at; or takes it down. 403 `unit_not_yours`,
 * 404 `lecturer_unknown`, 409 `lecturer_unlisted`, 413 `portrait_too_large`, 422 `photo_invalid` | `portrait_consent_missing`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, LecturerId)
  const { database } = await requireDesk(event, 'activities')
  const isFile = getHeader(event, 'content-type')?.startsWith('multipart/form-data')
  const { fields, file } = isFile ? await readFormFile(event, 'photo', LARGEST, 'portrait_too_large') : { fields: {}, file: null }
  const { act, agreed } = isFile ? checkFields(fields, LecturerPhoto) : await readInput(event, LecturerPhoto)
  const photo = act === 'set' && file ? cleanPhoto(file) : null
  if (act === 'set' && !photo) throw refusal(422, 'photo_invalid', { field: 'photo' })
  await answerOf(database.rpc('set_lecturer_photo', { of_lecturer_id: id, image: (photo && Buffer.from(photo.bytes).toString('base64'))!, type: (photo && TYPES[photo.extension])!, agreed }))
  return { id }
}, () => '/desk/lecturers?done=saved')
