import { methodOf, multikeyOf } from '../../credentials/keys'

/**
 * The latest seal, with the name of its key in /.well-known/did.json, and the asker's way up to it; 204 before the first one that
 * includes them. 401 `sign_in_needed`.
 */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const mine = await answerOf(database.from('credit_seal_paths')
    .select('seq, place, path, credit_seals(id, sealed_at, learners, root, statement, signature, public_key)').maybeSingle())
  if (!mine) return null
  const { id, sealed_at: sealedAt, public_key: publicKey, ...seal } = mine.credit_seals
  return { seq: mine.seq, place: mine.place, path: mine.path, seal: { ...seal, id, publicKey, sealedAt, verificationMethod: methodOf(portalIssuer().did, multikeyOf(Buffer.from(publicKey, 'hex'))) } }
})
