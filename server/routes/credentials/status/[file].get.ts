import { StatusListFile } from '~~/shared/schemas/credentials'

/** A list of bits that says which credentials are revoked, signed; for any verifier to fetch. 404 `not_found`. */
export default defineEventHandler(async (event) => {
  const { file } = readParams(event, StatusListFile)
  const list = await answerOf(anonymousDatabase().from('credential_status_lists').select('document').eq('id', file).maybeSingle())
  if (!list?.document) throw refusal(404, 'not_found')
  setHeaders(event, { 'cache-control': 'public, max-age=60', 'content-type': 'application/vc', 'access-control-allow-origin': '*' })
  return JSON.stringify(list.document)
})
