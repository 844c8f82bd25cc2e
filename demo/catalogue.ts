// The courses that are there to be learned from. An empty catalogue is fine: then people only go to meetings.
import type postgres from 'postgres'

export interface Lesson {
  id: number
  course: Course
  minutes: number
  /** A video, or a text to read when absent. */
  media: { id: number, durationMs: number, requiredMs: number } | null
  bodyLength: number
}
export interface Course { id: number, kind: 'course' | 'micro_lecture', categoryId: string, audience: string[], hostUnitId: number | null, lessons: Lesson[] }

export async function readCatalogue(sql: postgres.TransactionSql): Promise<Course[]> {
  const courses = await sql`
    select id::integer, kind, category_id, audience, host_unit_id
    from public.courses where status = 'published' order by slug`
  const lessons = await sql`
    select lesson.id::integer, course_id::integer, minutes, body_length, media_id::integer, duration_ms, private.required_ms(duration_ms, watched_share)
    from public.lessons lesson left join public.media on media.id = lesson.media_id
    where status = 'published' order by course_id, position`
  return courses.map((row): Course => {
    const course: Course = { id: row.id, kind: row.kind, categoryId: row.category_id, audience: row.audience, hostUnitId: row.host_unit_id, lessons: [] }
    course.lessons = lessons.filter(lesson => lesson.course_id === row.id)
      .map(lesson => ({ id: lesson.id, course, minutes: lesson.minutes, bodyLength: lesson.body_length,
        media: lesson.media_id && { id: lesson.media_id, durationMs: lesson.duration_ms, requiredMs: lesson.required_ms } }))
    return course
  }).filter(({ lessons }) => lessons.length > 0)
}
