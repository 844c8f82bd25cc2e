/** What a course has to be read with, beside its own columns, to know how far the asker is in it. */
export interface Trodden {
  enrolments: { enrolled_at: string, completed_at: string | null }[]
  lessons: {
    id: number
    media_id: number | null
    lesson_completions: { completed_at: string }[]
    lesson_progress: { watched_ms: number, position_ms: number, updated_at: string, media_id: number, media: { duration_ms: number } }[]
  }[]
}

/** How far the asker is in a course: joined, finished, lessons finished, shares of videos watched. */
export function standingIn({ enrolments, lessons }: Trodden) {
  // Somebody who was registered twice has several rows: the farthest counts, and one goes on where one stopped last.
  const progress = lessons.flatMap(({ id, media_id, lesson_progress }) =>
    lesson_progress.filter(row => row.media_id === media_id).map(row => ({ lessonId: id, ...row })))
    .sort((a, b) => a.updated_at.localeCompare(b.updated_at))
  return {
    enrolledAt: enrolments[0]?.enrolled_at ?? null,
    completedAt: enrolments.find(({ completed_at }) => completed_at)?.completed_at ?? null,
    completions: new Map(lessons.flatMap(({ id, lesson_completions: [row] }) => row ? [[id, row.completed_at] as const] : [])),
    shares: new Map(progress.toSorted((a, b) => a.watched_ms - b.watched_ms).map(row => [row.lessonId, Math.min(1, row.watched_ms / row.media.duration_ms)] as const)),
    positions: new Map(progress.map(row => [row.lessonId, row.position_ms] as const)),
  }
}
