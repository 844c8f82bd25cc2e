import { StaffSignIn } from '~~/shared/schemas/identity'

/**
 * Signs staff in with username and password; where a second factor is set up, the way on is to its page. 401 `password_wrong`,
 * whichever of the two is wrong; 429 `account_locked` after five failures.
 */
export default formHandler(async (event) => {
  const { username, password, next } = await readInput(event, StaffSignIn)
  await takeTry(event, `sign-in:staff:${username}`)
  await refuseLocked(event, username)
  const answer = await signIn(event, headers => useAuth().api.signInUsername({ body: { username, password }, headers, returnHeaders: true })).catch(async (error) => {
    await countFailure(event, username)
    throw error
  })
  await forgetFailures(event, username)
  await identitySql()`select begin_session(id) from accounts where username = ${username}`
  const then = localPath(next ?? '/desk')
  return { next: answer && 'twoFactorRedirect' in answer ? `/sign-in/code?next=${encodeURIComponent(then)}` : then }
}, (_event, { next }) => next)
