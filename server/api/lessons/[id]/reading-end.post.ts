import { LessonId } from '~~/shared/schemas/watching'
import type { EarnedRow } from '~~/server/utils/credits/course-earned'

/** Read to the end. 409 `read_too_fast` with `secondsLeft`; without scripts the first press begins the reading. */
export default formHandler(async (event) => {
  const { id } = readParams(event, LessonId)
  const { database } = await requireSession(event)
  const { error: notOpened } = await database.rpc('open_reading', { lesson_id: id })
  if (notOpened) throw databaseRefusal(notOpened)
  const { data, error } = await database.rpc('finish_reading', { lesson_id: id, channel: channelOf(event) })
  if (error) throw databaseRefusal(error)
  return withCourseEarned(event, data as unknown as { earned: EarnedRow | null })
}, event => localPath(getHeader(event, 'referer')))
