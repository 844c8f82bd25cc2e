import { LecturerId } from '~~/shared/schemas/lecturers'

/** The photo of a lecturer who is listed; for minutes only, since it goes when they no longer agree. 404 `not_found`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, LecturerId)
  const [photo] = await answerOf(anonymousDatabase().rpc('lecturer_photo', { of_lecturer_id: id }))
  if (!photo) throw refusal(404, 'not_found')
  setHeaders(event, { 'content-type': photo.type!, 'cache-control': 'public, max-age=600', 'etag': `"${photo.sha256!}"`, 'x-content-type-options': 'nosniff' })
  if (getHeader(event, 'if-none-match') === `"${photo.sha256!}"`) {
    setResponseStatus(event, 304)
    return null
  }
  return Buffer.from(photo.image!, 'base64')
})
