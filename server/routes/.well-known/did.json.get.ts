import { didDocument } from '../../credentials/keys'
import { signingKeys } from '../../credentials/mirror'

/** The keys that sign credentials and seals here, as any verifier of W3C documents reads them. */
export default defineEventHandler(async (event) => {
  setHeaders(event, { 'cache-control': 'public, max-age=300', 'content-type': 'application/did+json', 'access-control-allow-origin': '*' })
  return didDocument(portalIssuer().did, await signingKeys(jobsSql(), portalIssuer()))
})
