import { CourseSlug } from '~~/shared/schemas/learning'

/** A course with its lessons, what each would earn, and how far the asker is. 404 `course_unknown`. */
export default defineEventHandler(async (event) => {
  const { slug } = readParams(event, CourseSlug)
  const session = await currentSession(event)
  const [course, categoryOf] = await Promise.all([courseFor(session, slug), categoriesFor(event)])
  if (!course) throw refusal(404, 'course_unknown')
  const mine = course.standing
  const rate = await creditRate(course.kind)
  return {
    slug: course.slug,
    kind: course.kind as 'course' | 'micro_lecture',
    title: course.title,
    summary: course.summary,
    category: categoryOf(course.category_id),
    author: course.author,
    licence: course.licence,
    host: course.units && { code: course.units.code, name: course.units.name },
    localFeature: course.local_feature,
    minutes: course.minutes,
    poster: posterUrl(course.poster),
    updatedOn: course.updated_on,
    milliCreditsPerMinute: rate,
    milliCredits: course.lessons.reduce((sum, lesson) => sum + lesson.minutes * rate, 0),
    lessons: course.lessons.map(lesson => ({
      slug: lesson.slug,
      kind: lesson.kind as 'video' | 'text',
      title: lesson.title,
      summary: lesson.summary,
      minutes: lesson.minutes,
      completedAt: mine?.completions.get(lesson.id) ?? null,
      watchedShare: mine?.shares.get(lesson.id) ?? 0,
    })),
    mine: mine && { enrolledAt: mine.enrolledAt, completedAt: mine.completedAt },
  }
})
