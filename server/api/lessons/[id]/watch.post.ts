import { LessonId } from '~~/shared/schemas/watching'
import type { OpenedWatch } from '~~/shared/types/watching'

/** Opens a watch of a video lesson; an earlier one of the same person ends. 403 `not_enrolled`, 404 `lesson_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, LessonId)
  const { database } = await requireSession(event)
  const agent = getHeader(event, 'user-agent') ?? ''
  const { data, error } = await database.rpc('open_watch',
    { lesson_id: id, device: agent.slice(0, 80) || 'unknown', channel: /MicroMessenger/.test(agent) ? 'wechat_h5' : 'web' })
  if (error) throw databaseRefusal(error)
  return data as unknown as OpenedWatch
})
