/** How staff sign in, and the roles that may be asked for a second factor. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event, 'posts')
  const [rules, roles] = await Promise.all([
    answerOf(desk.database.from('sign_in_rules').select('factor_roles, password_days, passwords_kept').single()),
    answerOf(desk.database.from('post_roles').select('id, zh, en, sights').order('id')),
  ])
  return {
    factorRoles: rules.factor_roles, passwordDays: rules.password_days, passwordsKept: rules.passwords_kept,
    roles: roles.filter(({ sights }) => sights.includes('desk')).map(({ id, zh, en }) => ({ id, zh, en })),
    mayChange: (await requireUnit(desk, undefined, 'posts')).trail.length === 1,
  }
})
