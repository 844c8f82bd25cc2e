import { LessonId } from '~~/shared/schemas/watching'

/** Begins to read a text lesson; again changes nothing. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, LessonId)
  const { database } = await requireSession(event)
  const { error } = await database.rpc('open_reading', { lesson_id: id })
  if (error) throw databaseRefusal(error)
  return { reading: true }
})
