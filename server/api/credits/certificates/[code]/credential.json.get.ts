import { CredentialCode } from '~~/shared/schemas/credentials'

/** The signed document, for its owner to keep and to show. 404 `certificate_unknown`, 409 `certificate_unsigned`. */
export default defineEventHandler(async (event) => {
  const { database } = await requireSession(event)
  const { code } = readParams(event, CredentialCode)
  const { document, isMine } = await seenCertificate(database, code)
  if (!isMine) throw refusal(404, 'certificate_unknown')
  if (!document) throw refusal(409, 'certificate_unsigned')
  setHeaders(event, { 'content-type': 'application/vc', 'content-disposition': `attachment; filename="certificate-${code}.json"`, 'cache-control': 'private, no-store' })
  return JSON.stringify(document)
})
