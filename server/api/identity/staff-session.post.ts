import { StaffSignIn } from '~~/shared/schemas/identity'

/** Signs staff in with username and password. 401 `password_wrong`, whichever of the two is wrong; 429 `account_locked` after five failures. */
export default formHandler(async (event) => {
  const { username, password, next } = await readInput(event, StaffSignIn)
  await takeTry(event, `sign-in:staff:${username}`)
  await refuseLocked(event, username)
  await signIn(event, headers => useAuth().api.signInUsername({ body: { username, password }, headers, returnHeaders: true })).catch(async (error) => {
    await countFailure(event, username)
    throw error
  })
  await forgetFailures(event, username)
  return { next: localPath(next ?? '/desk') }
}, (_event, { next }) => next)
