import { PersonParams } from '~~/shared/schemas/desk'
import { AccountAct } from '~~/shared/schemas/posts'

/**
 * Opens an account of staff, gives it a new first password (answered once, kept as a hash), closes or opens it, ends its
 * sessions, or takes its second factor away. 403 `account_own` | `account_not_yours`, 409 `username_taken` | `post_last_security_admin` | `second_factor_off`.
 */
export default defineEventHandler(async (event) => {
  const { personId } = readParams(event, PersonParams)
  const desk = await requireDesk(event, 'posts')
  const { act, username } = await readInput(event, AccountAct)
  if (act === 'create' || act === 'reset') {
    const { password, hash } = await makeFirstPassword()
    const { error } = act === 'create'
      ? await desk.database.rpc('create_staff_account', { of_person_id: personId, username: username ?? '', password_hash: hash })
      : await desk.database.rpc('reset_staff_password', { of_person_id: personId, password_hash: hash })
    if (error) throw databaseRefusal(error)
    return { act, password }
  }
  const { error } = act === 'end_sessions' || act === 'reset_factor'
    ? await desk.database.rpc(act === 'end_sessions' ? 'end_sessions' : 'reset_second_factor', { of_person_id: personId })
    : await desk.database.rpc('disable_account', { of_person_id: personId, disabled: act === 'disable' })
  if (error) throw databaseRefusal(error)
  return { act, password: null }
})
