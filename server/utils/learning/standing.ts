import type { Supabase } from '../database'

/** How far the asker is in a course: joined, finished, lessons finished, shares of videos watched. */
export async function standingIn(database: Supabase, slug: string) {
  const { data, error } = await database.from('courses')
    .select('enrolments(enrolled_at, completed_at), lessons(id, lesson_completions(completed_at), lesson_progress(watched_ms, position_ms, updated_at, media_id, media(duration_ms)), media_id)')
    .eq('slug', slug).maybeSingle()
  if (error) throw databaseRefusal(error)
  const lessons = data?.lessons ?? []
  // Somebody who was registered twice has several rows: the farthest counts, and one goes on where one stopped last.
  const progress = lessons.flatMap(({ id, media_id, lesson_progress }) =>
    lesson_progress.filter(row => row.media_id === media_id).map(row => ({ lessonId: id, ...row })))
    .sort((a, b) => a.updated_at.localeCompare(b.updated_at))
  return {
    enrolledAt: data?.enrolments[0]?.enrolled_at ?? null,
    completedAt: data?.enrolments.find(({ completed_at }) => completed_at)?.completed_at ?? null,
    completions: new Map(lessons.flatMap(({ id, lesson_completions: [row] }) => row ? [[id, row.completed_at] as const] : [])),
    shares: new Map(progress.toSorted((a, b) => a.watched_ms - b.watched_ms).map(row => [row.lessonId, Math.min(1, row.watched_ms / row.media.duration_ms)] as const)),
    positions: new Map(progress.map(row => [row.lessonId, row.position_ms] as const)),
  }
}
