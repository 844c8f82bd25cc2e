import { LessonId } from '~~/shared/schemas/watching'
import type { OpenedWatch } from '~~/shared/types/watching'

/** Opens a watch of a video lesson; an earlier one of the same person ends. 403 `not_enrolled`, 404 `lesson_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, LessonId)
  const { database } = await requireSession(event)
  const { data, error } = await database.rpc('open_watch',
    { lesson_id: id, device: getHeader(event, 'user-agent')?.slice(0, 80) || 'unknown', channel: channelOf(event) })
  if (error) throw databaseRefusal(error)
  return data as unknown as OpenedWatch
})
