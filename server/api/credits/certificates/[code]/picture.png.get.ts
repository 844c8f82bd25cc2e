import { CredentialCode } from '~~/shared/schemas/credentials'
import { certificateDrawing } from '../../../../credentials/print/certificate'

/** Wide enough to be printed, small enough for a phone's album: some 100 KB. */
const WIDTH = 1684

/** A certificate as a picture that a phone keeps by a long press. 404 `certificate_unknown`. */
export default defineEventHandler(async (event) => {
  const { database } = await requireSession(event)
  const { code } = readParams(event, CredentialCode)
  const certificate = await seenCertificate(database, code)
  const { pngOf } = await import('../../../../credentials/print/paint')
  setHeaders(event, { 'content-type': 'image/png', 'cache-control': 'private, no-store' })
  return pngOf(certificateDrawing(toDraw(event, certificate)), WIDTH)
})
