import { PhoneSignIn } from '~~/shared/schemas/identity'

/**
 * Signs in with a phone and its one-time code. 422 `code_wrong`, 410 `code_expired` | `code_too_many_tries`, 409
 * `sign_in_as_staff` for somebody with a second factor, which a text message must not go round.
 */
export default formHandler(async (event) => {
  const { phone, code, next } = await readInput(event, PhoneSignIn)
  const lookup = phoneLookup(phone)
  await takeTry(event, `sign-in:phone:${lookup}`)
  await signIn(event, headers => useAuth().api.verifyPhoneNumber({ body: { phoneNumber: lookup, code }, headers, returnHeaders: true }))
  await keepSealed(phone, lookup)
  await identitySql()`select begin_session(id) from accounts where phone_lookup = ${lookup}`
  return { next: localPath(next ?? '/my') }
}, (_event, { next }) => next)

/** A new account has its lookup from the identity library; the number itself is sealed beside it. */
async function keepSealed(phone: string, lookup: string): Promise<void> {
  const { cipher, keyId, masked } = sealContact('phone', phone)
  await identitySql()`update accounts set phone_cipher = ${cipher}, phone_key_id = ${keyId}, phone_mask = ${masked} where phone_lookup = ${lookup} and phone_cipher is null`
}
