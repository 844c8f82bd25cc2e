import { CourseSlug } from '~~/shared/schemas/learning'

/** A course with its lessons, what it would earn, and how far the asker is. 404 `course_unknown`. */
export default defineEventHandler(async (event) => {
  const { slug } = readParams(event, CourseSlug)
  const session = await currentSession(event)
  const [course, categoryOf, ahead] = await Promise.all([courseFor(session, slug), categoriesFor(event), coursesAhead(event, session, [slug])])
  if (!course) throw refusal(404, 'course_unknown')
  const mine = course.standing
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
    credit: ahead.get(slug) ?? null,
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
