import { CredentialId, Revoking } from '~~/shared/schemas/credentials'

/** Revokes a certificate with a reason that whoever checks it reads. 403 `unit_not_yours`, 404 `credential_unknown`, 409 `credential_revoked`, 422 `revocation_reason_missing`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, CredentialId)
  const { reason } = await readInput(event, Revoking)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('revoke_credential', { credential_id: id, words: reason })
  if (error) throw databaseRefusal(error)
  await startJob(SIGN_JOB, {}, 'lists')
  return { revoked: true }
}, event => localPath(getHeader(event, 'referer')))
