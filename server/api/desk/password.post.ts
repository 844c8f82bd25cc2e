import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { PasswordChange } from '~~/shared/schemas/posts'

/** One's own new password; the first one opens nothing else. Every other session ends. 422 `password_current_wrong` | `password_used_before` and per field. */
export default formHandler(async (event) => {
  const session = await requireAnySession(event)
  const { current, password } = await readInput(event, PasswordChange)
  const [known] = await identitySql()`select password_hash, username from credentials join accounts on accounts.id = account_id where account_id = ${session.accountId} and provider_id = 'credential'`
  if (!known) throw refusal(409, 'account_without_password')
  await takeTry(event, `password:${session.accountId}`)
  if (!await verifyPassword({ hash: known.password_hash as string, password: current })) throw refusal(422, 'password_current_wrong', { field: 'current' })
  if (password.toLowerCase().includes(known.username as string)) throw refusal(422, 'password_has_name', { field: 'password' })
  for (const { hash } of await identitySql()`select hash from passwords_before(${session.accountId}) hash`) if (await verifyPassword({ hash: hash as string, password })) throw refusal(422, 'password_used_before', { field: 'password' })
  const { error } = await session.database.rpc('replace_my_password', { password_hash: await hashPassword(password), kept_session: session.token })
  if (error) throw databaseRefusal(error)
  forgetSession(sessionCookie(event))
  return { changed: true }
}, () => '/desk')
