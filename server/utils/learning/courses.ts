import type { H3Event } from 'h3'
import type { Database } from '~~/shared/types/database'
import type { CourseCard } from '~~/shared/types/learning'
import type { Supabase } from '../database'
import type { Session } from '../identity/session'
import type { Category } from './categories'

type CourseRow = Database['public']['Functions']['list_courses']['Returns'][number]

const PAGE_SIZE = 12
// Beside the visitor cache this is for those it does not serve: the signed in read the same published courses as visitors.
const FRESH_SECONDS = 5

/** A page of published courses of a kind, with what they can be filtered by. */
export async function listCourses(event: H3Event, kind: 'course' | 'micro_lecture', query: { category?: string, audience?: string, page: number }) {
  const [rows, filters, categoryOf] = await Promise.all([
    readCourses(kind, PAGE_SIZE, query.page, query.category, query.audience), readFilters(kind), categoriesFor(event),
  ])
  const total = rows[0]?.total ?? 0
  const { lang } = preferencesOf(event)
  const choices = (filter: string) => filters.filter(row => row.filter === filter)
    .map(row => ({ id: row.id!, name: (lang === 'en' ? row.en : row.zh)!, courses: row.courses! }))
  return {
    courses: rows.map(row => courseCard(row, categoryOf)),
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

/** A published course with its lessons; to whoever joined it, one that was withdrawn too. Null when there is none. */
export async function courseFor(session: Session | null, slug: string) {
  return await publishedCourse(slug) ?? (session && readCourse(session.database, slug))
}

const publishedCourse = remembering(FRESH_SECONDS, (slug: string) => readCourse(anonymousDatabase(), slug))

async function readCourse(database: Supabase, slug: string) {
  const { data, error } = await database.from('courses')
    .select(`slug, kind, title, summary, category_id, author, licence, local_feature, minutes, poster, updated_on,
      units(code, name), lessons(id, slug, kind, title, summary, minutes)`)
    .eq('slug', slug).order('position', { referencedTable: 'lessons' }).maybeSingle()
  if (error) throw databaseRefusal(error)
  return data
}

/** A lesson with its text and video, as {@link courseFor}. */
export async function lessonFor(session: Session | null, course: string, lesson: string) {
  return await publishedLesson(course, lesson) ?? (session && readLesson(session.database, course, lesson))
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

/** What a lesson of this kind of course earns a minute today, in thousandths of credits. */
export async function creditRate(kind: string): Promise<number> {
  return (await readRates())[kind === 'micro_lecture' ? 'micro_lecture_completed' : 'lesson_completed'] ?? 0
}

const readRates = remembering(60, async () => {
  const { data, error } = await anonymousDatabase().rpc('credit_rates')
  if (error) throw databaseRefusal(error)
  return Object.fromEntries(data.map(rate => [rate.rule_id, rate.milli_credits! / (rate.per_minutes ?? 1)]))
})
