import type { Sight } from '~~/shared/types/identity'

/** Which post sees and does what. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event)
  const roles = await answerOf(desk.database.from('post_roles').select('id, zh, en, sights').order('id'))
  return { roles: roles.map(role => ({ ...role, sights: role.sights as Sight[] })) }
})
