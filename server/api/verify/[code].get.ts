import { CredentialCode } from '~~/shared/schemas/credentials'

/** What a certificate is worth, for anybody who holds its code; the name is masked. 404 `certificate_unknown`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'no-store')
  const { code } = readParams(event, CredentialCode)
  const credential = await publicCredential(code)
  if (!credential) throw refusal(404, 'certificate_unknown')
  return credential
})
