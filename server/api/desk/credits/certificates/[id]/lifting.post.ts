import { CredentialId, Lifting } from '~~/shared/schemas/credentials'

/**
 * Takes the desk's own revocation back: a new certificate is issued where there is still a right to it. 403 `unit_not_yours`,
 * 404 `credential_unknown`, 409 `not_revoked_by_desk` | `revocation_lifted`, 422 `lifting_reason_missing`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, CredentialId)
  const { reason } = await readInput(event, Lifting)
  const { database } = await requireDesk(event, 'approval')
  const { data: anew, error } = await database.rpc('lift_revocation', { credential_id: id, words: reason })
  if (error) throw databaseRefusal(error)
  if (anew) await startJob(SIGN_JOB, {}, 'lists')
  return { anew: anew as number | null }
}, event => localPath(getHeader(event, 'referer')))
