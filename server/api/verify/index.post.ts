import { ShownCredential } from '~~/shared/schemas/credentials'

/** Says what a credential is that somebody shows, pasted or as a file. 413 `body_too_large`, 422 `credential_missing`. */
export default formHandler(async (event) => {
  const { credential } = checkFields(await readShown(event), ShownCredential)
  return checkShown(credential)
}, (event, check) => {
  leaveFlash(event, { code: 'credential_shown', details: { ...check }, typed: { form: 'result' } })
  return '/verify#result'
})
