import { randomUUID } from 'node:crypto'
import { SessionId } from '~~/shared/schemas/desk-activities'

const LARGEST = 5 * 1024 * 1024
const KINDS = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' } as const

/**
 * Keeps a photo of a signed sheet, sealed: JPEG, PNG or WebP of 5 MB at most, told by its content and without what the camera wrote into it. 404
 * `session_unknown`, 409 `sheets_too_many`, 413 `photo_too_large`, 422 `photo_invalid`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'people')
  const { file } = await readFormFile(event, 'photo', LARGEST, 'photo_too_large')
  const photo = file && cleanPhoto(file)
  if (!photo) throw refusal(422, 'photo_invalid', { field: 'photo' })
  const fileId = randomUUID()
  const { cipher, keyId, lookup, digest } = sealFile(fileId, photo.bytes)
  const kept = await answerOf(database.rpc('keep_sheet', { of_session_id: id, file: {
    id: fileId, kind: KINDS[photo.extension], bytes: photo.bytes.length, cipher: cipher.toString('base64'), keyId, lookup: lookup.toString('hex'), digest: digest.toString('base64'),
  } }))
  return { session: id, file: kept }
}, (_event, { session }) => `/desk/activities/sessions/${session}/entry`)
