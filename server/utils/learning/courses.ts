import type { H3Event } from 'h3'
import type { Database } from '~~/shared/types/database'
import type { CourseCard } from '~~/shared/types/learning'
import type { Category } from './categories'

type CourseRow = Database['public']['Functions']['list_courses']['Returns'][number]

const PAGE_SIZE = 12

/** A page of published courses of a kind, with what they can be filtered by. */
export async function listCourses(event: H3Event, kind: 'course' | 'micro_lecture', query: { category?: string, audience?: string, page: number }) {
  const database = anonymousDatabase()
  const [listed, filters, categoryOf] = await Promise.all([
    database.rpc('list_courses', { course_kind: kind, in_category: query.category, for_audience: query.audience, page: query.page, page_size: PAGE_SIZE }),
    database.rpc('course_filters', { course_kind: kind }),
    categoriesFor(event),
  ])
  if (listed.error) throw databaseRefusal(listed.error)
  if (filters.error) throw databaseRefusal(filters.error)
  const total = listed.data[0]?.total ?? 0
  const { lang } = preferencesOf(event)
  const choices = (filter: string) => filters.data.filter(row => row.filter === filter)
    .map(row => ({ id: row.id!, name: (lang === 'en' ? row.en : row.zh)!, courses: row.courses! }))
  return {
    courses: listed.data.map(row => courseCard(row, categoryOf)),
    total,
    page: query.page,
    pages: Math.ceil(total / PAGE_SIZE),
    categories: choices('category'),
    audiences: choices('audience'),
  }
}

/** The newest courses of a kind. */
export async function newestCourses(event: H3Event, kind: 'course' | 'micro_lecture', count: number) {
  const [{ data, error }, categoryOf] = await Promise.all([
    anonymousDatabase().rpc('list_courses', { course_kind: kind, page_size: count }), categoriesFor(event),
  ])
  if (error) throw databaseRefusal(error)
  return data.map(row => courseCard(row, categoryOf))
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

const readRates = defineCachedFunction(async () => {
  const { data, error } = await anonymousDatabase().rpc('credit_rates')
  if (error) throw databaseRefusal(error)
  return Object.fromEntries(data.map(rate => [rate.rule_id, rate.milli_credits! / (rate.per_minutes ?? 1)]))
}, { name: 'credit-rates', maxAge: 60 })
