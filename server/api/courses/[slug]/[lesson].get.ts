import { LessonSlugs } from '~~/shared/schemas/learning'
import type { LessonContent } from '~~/shared/types/learning'

/** A lesson with its text and video, its neighbours, and what the asker has earned with it. 404 `lesson_unknown`. */
export default defineEventHandler(async (event): Promise<LessonContent> => {
  const { slug, lesson: lessonSlug } = readParams(event, LessonSlugs)
  const session = await currentSession(event)
  const [course, lesson, categoryOf] = await Promise.all([courseFor(session, slug), lessonFor(session, slug, lessonSlug), categoriesFor(event)])
  const index = course?.lessons.findIndex(one => one.slug === lessonSlug) ?? -1
  if (!course || !lesson || index < 0) throw refusal(404, 'lesson_unknown')
  const mine = course.standing
  const completedAt = mine?.completions.get(lesson.id) ?? null
  return {
    course: { slug: course.slug, kind: course.kind as LessonContent['course']['kind'], title: course.title, category: categoryOf(course.category_id), lessons: course.lessons.length },
    id: lesson.id,
    slug: lesson.slug,
    number: index + 1,
    kind: lesson.kind as LessonContent['kind'],
    title: lesson.title,
    summary: lesson.summary,
    bodyHtml: lesson.body_html,
    minutes: lesson.minutes,
    watchedShare: lesson.watched_share,
    credit: await lessonAhead(event, session, slug, lesson, completedAt),
    media: lesson.media && {
      sha256: lesson.media.sha256, poster: lesson.media.poster_sha256, captions: lesson.media.captions_sha256, durationMs: lesson.media.duration_ms,
    },
    previous: neighbour(course.lessons[index - 1]),
    next: neighbour(course.lessons[index + 1]),
    mine: mine && {
      enrolled: mine.enrolledAt !== null,
      completedAt,
      share: mine.shares.get(lesson.id) ?? 0,
      startAtMs: mine.positions.get(lesson.id) ?? 0,
    },
  }
})

function neighbour(lesson: { slug: string, title: string } | undefined) {
  return lesson ? { slug: lesson.slug, title: lesson.title } : null
}
