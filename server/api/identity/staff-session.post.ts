import { StaffSignIn } from '~~/shared/schemas/identity'

/** Signs staff in with username and password. 401 `password_wrong`, whichever of the two is wrong. */
export default formHandler(async (event) => {
  const { username, password, next } = await readInput(event, StaffSignIn)
  await takeTry(event, `sign-in:staff:${username}`)
  await signIn(event, headers => useAuth().api.signInUsername({ body: { username, password }, headers, returnHeaders: true }))
  return { next: localPath(next ?? '/desk') }
}, (_event, { next }) => next)
