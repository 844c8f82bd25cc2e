import { PhoneSignIn } from '~~/shared/schemas/identity'

/** Signs in with a phone and its one-time code. 422 `code_wrong`, 410 `code_expired` | `code_too_many_tries`. */
export default formHandler(async (event) => {
  const { phone, code, next } = await readInput(event, PhoneSignIn)
  await takeTry(event, `sign-in:phone:${phone}`)
  await signIn(event, headers => useAuth().api.verifyPhoneNumber({ body: { phoneNumber: phone, code }, headers, returnHeaders: true }))
  return { next: localPath(next ?? '/my') }
}, (_event, { next }) => next)
