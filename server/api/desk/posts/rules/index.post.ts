import { SignInRules } from '~~/shared/schemas/posts'

/** Changes how staff sign in. 403 `unit_not_yours`, 422 by field. */
export default formHandler(async (event) => {
  const { roles, passwordDays, passwordsKept } = await readInput(event, SignInRules)
  const { database } = await requireDesk(event, 'posts')
  await answerOf(database.rpc('change_sign_in_rules', { factor_roles: roles, password_days: passwordDays, passwords_kept: passwordsKept }))
  return { saved: true }
}, () => '/desk/posts/rules?saved=yes')
