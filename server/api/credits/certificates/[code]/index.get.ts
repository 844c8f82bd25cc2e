import { CredentialCode } from '~~/shared/schemas/credentials'

/** A certificate of one's own, or of the desk's people. One that waits for its signature gets it now. 401 `sign_in_needed`, 404 `certificate_unknown`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { code } = readParams(event, CredentialCode)
  const { id, document: _document, ...certificate } = await seenCertificate(database, code)
  if (!certificate.isSigned) await startJob(SIGN_JOB, { first: id }, `first ${id}`)
  return { ...certificate, address: toDraw(event, certificate).address }
})
