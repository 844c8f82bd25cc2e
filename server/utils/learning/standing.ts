import type { Supabase } from '../database'

/** How far the asker is in a course: joined, finished, lessons finished, shares of videos watched. */
export async function standingIn(database: Supabase, slug: string) {
  const { data, error } = await database.from('courses')
    .select('enrolments(enrolled_at, completed_at), lessons(id, lesson_completions(completed_at), lesson_progress(watched_ms, position_ms, media_id, media(duration_ms)), media_id)')
    .eq('slug', slug).maybeSingle()
  if (error) throw databaseRefusal(error)
  const lessons = data?.lessons ?? []
  const progress = lessons.flatMap(({ id, media_id, lesson_progress }) =>
    lesson_progress.filter(row => row.media_id === media_id).map(row => ({ lessonId: id, ...row })))
  return {
    enrolledAt: data?.enrolments[0]?.enrolled_at ?? null,
    completedAt: data?.enrolments[0]?.completed_at ?? null,
    completions: new Map(lessons.flatMap(({ id, lesson_completions: [row] }) => row ? [[id, row.completed_at] as const] : [])),
    shares: new Map(progress.map(row => [row.lessonId, Math.min(1, row.watched_ms / row.media.duration_ms)] as const)),
    positions: new Map(progress.map(row => [row.lessonId, row.position_ms] as const)),
  }
}
