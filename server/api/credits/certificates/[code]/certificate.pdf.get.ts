import { CredentialCode } from '~~/shared/schemas/credentials'
import { certificateDrawing, HEADINGS } from '../../../../credentials/print/certificate'
import { transcriptDrawings } from '../../../../credentials/print/transcript'

/** A certificate, or a transcript with all that it lists, on A4. 404 `certificate_unknown`. */
export default defineEventHandler(async (event) => {
  const { database } = await requireSession(event)
  const { code } = readParams(event, CredentialCode)
  const certificate = await seenCertificate(database, code)
  const drawn = toDraw(event, certificate)
  const sheets = certificate.kind === 'transcript' ? transcriptDrawings(drawn, await listedIn(database, certificate.snapshot)) : [certificateDrawing(drawn)]
  return sendSheets(event, sheets, `${HEADINGS[certificate.kind]} ${certificate.snapshot.title}`, `${HEADINGS[certificate.kind]}-${code}.pdf`)
})
