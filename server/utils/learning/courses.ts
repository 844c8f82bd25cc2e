import type { H3Event } from 'h3'
import type { Database } from '~~/shared/types/database'
import type { CourseCard } from '~~/shared/types/learning'
import type { Supabase } from '../database'
import type { Session } from '../identity/session'
import type { Category } from './categories'

type CourseRow = Database['public']['Functions']['list_courses']['Returns'][number]

const PAGE_SIZE = 12
// What a link brings to the catalogue in a moment is read once, whichever pages it is shown on.
const FRESH_SECONDS = 5

/** A page of published courses of a kind, with what they can be filtered by. */
export async function listCourses(event: H3Event, kind: 'course' | 'micro_lecture', query: { category?: string, audience?: string, page: number }) {
  const [rows, filters, categoryOf, session] = await Promise.all([
    readCourses(kind, PAGE_SIZE, query.page, query.category, query.audience), readFilters(kind), categoriesFor(event), currentSession(event),
  ])
  const ahead = await coursesAhead(event, session, rows.map(({ slug }) => slug!))
  const total = rows[0]?.total ?? 0
  const { lang } = preferencesOf(event)
  const choices = (filter: string) => filters.filter(row => row.filter === filter)
    .map(row => ({ id: row.id!, name: (lang === 'en' ? row.en : row.zh)!, courses: row.courses! }))
  return {
    courses: rows.map(row => ({ ...courseCard(row, categoryOf), credit: ahead.get(row.slug!)?.brief })),
    total,
    page: query.page,
    pages: Math.ceil(total / PAGE_SIZE),
    categories: choices('category'),
    audiences: choices('audience'),
  }
}

/** The newest courses of a kind. */
export async function newestCourses(event: H3Event, kind: 'course' | 'micro_lecture', count: number) {
  const [rows, categoryOf] = await Promise.all([readCourses(kind, count), categoriesFor(event)])
  return rows.map(row => courseCard(row, categoryOf))
}

const readCourses = remembering(FRESH_SECONDS, async (kind: string, count: number, page?: number, category?: string, audience?: string) => {
  const { data, error } = await anonymousDatabase().rpc('list_courses', { course_kind: kind, in_category: category, for_audience: audience, page, page_size: count })
  if (error) throw databaseRefusal(error)
  return data
})

const readFilters = remembering(FRESH_SECONDS, async (kind: string) => {
  const { data, error } = await anonymousDatabase().rpc('course_filters', { course_kind: kind })
  if (error) throw databaseRefusal(error)
  return data
})

const COURSE = 'slug, kind, title, summary, category_id, author, licence, local_feature, minutes, poster, updated_on, units(code, name)'
const LESSON = 'id, slug, kind, title, summary, minutes'

/**
 * A published course with its lessons, and how far the asker is in it; to whoever joined it, one that was withdrawn too.
 * Null when there is none. Visitors may be shown how it was some seconds ago, the signed in never.
 */
export async function courseFor(session: Session | null, slug: string) {
  if (!session) return publishedCourse(slug)
  const { data, error } = await session.database.from('courses')
    .select(`${COURSE}, enrolments(enrolled_at, completed_at), lessons(${LESSON}, media_id, lesson_completions(completed_at),
      lesson_progress(watched_ms, position_ms, updated_at, media_id, media(duration_ms)))`)
    .eq('slug', slug).order('position', { referencedTable: 'lessons' }).maybeSingle()
  if (error) throw databaseRefusal(error)
  return data && { ...data, standing: standingIn(data) }
}

const publishedCourse = remembering(FRESH_SECONDS, async (slug: string) => {
  const { data, error } = await anonymousDatabase().from('courses').select(`${COURSE}, lessons(${LESSON})`)
    .eq('slug', slug).order('position', { referencedTable: 'lessons' }).maybeSingle()
  if (error) throw databaseRefusal(error)
  return data && { ...data, standing: null }
})

/** A lesson with its text and video, as {@link courseFor}. */
export function lessonFor(session: Session | null, course: string, lesson: string) {
  return session ? readLesson(session.database, course, lesson) : publishedLesson(course, lesson)
}

const publishedLesson = remembering(FRESH_SECONDS, (course: string, lesson: string) => readLesson(anonymousDatabase(), course, lesson))

async function readLesson(database: Supabase, course: string, lesson: string) {
  const { data, error } = await database.from('lessons')
    .select(`id, slug, kind, title, summary, body_html, minutes, watched_share, courses!inner(slug),
      media!lessons_media_id_fkey(sha256, duration_ms, poster_sha256, captions_sha256)`)
    .eq('slug', lesson).eq('courses.slug', course).maybeSingle()
  if (error) throw databaseRefusal(error)
  return data
}

function courseCard(row: CourseRow, categoryOf: (id: string) => Category): CourseCard {
  return {
    slug: row.slug!,
    kind: row.kind as CourseCard['kind'],
    title: row.title!,
    summary: row.summary!,
    category: categoryOf(row.category_id!),
    madeBy: row.host_name ?? row.author!,
    minutes: row.minutes!,
    lessons: row.lesson_count!,
    poster: posterUrl(row.poster),
    firstLesson: row.first_lesson_slug,
  }
}

export function posterUrl(sha256: string | null): string | null {
  return sha256 && `/media/${sha256}.jpg`
}
