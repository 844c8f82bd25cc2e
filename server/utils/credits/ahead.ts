import type { H3Event } from 'h3'
import type { CreditAhead, CreditBundle, CreditSaid } from '~~/shared/types/credits'
import type { Supabase } from '../database'
import type { Session } from '../identity/session'

// As long as the courses that it is said of are remembered.
const FRESH_SECONDS = 5

/** What courses would bring the asker, by slug, in one question for all of them. */
export async function coursesAhead(event: H3Event, session: Session | null, slugs: string[]): Promise<Map<string, CreditSaid>> {
  const say = saying(event)
  return new Map([...await aheadFor(session, slugs)].map(([slug, ahead]) => [slug, say(ahead, 'course')]))
}

/** What one lesson would bring the asker, or has brought, the course with its last lesson; null where there is none. */
export async function lessonAhead(event: H3Event, session: Session | null, course: string, lesson: Lesson, doneOn: string | null): Promise<CreditSaid | null> {
  const [ahead, whole] = await Promise.all([aheadFor(session, [course], lesson.slug), session && doneOn ? courseEarnedBy(event, session, lesson.id) : null])
  const own = ahead.get(course)
  if (!own) return null
  const said = saying(event)(own, 'lesson', doneOn ?? undefined)
  return whole ? { ...said, notes: [...said.notes, whole] } : said
}

/** How credits come in general, as the home page says it. */
export async function learningEarns(event: H3Event): Promise<string> {
  const t = bankTranslator(event)
  const rule = (await readRates()).find(({ rule_id }) => rule_id === 'lesson_completed')
  if (!rule?.milli_credits) return t('ahead.home.nothing')
  return rule.basis === 'event'
    ? t('ahead.home.byLesson', { credits: formatCredits(rule.milli_credits) })
    : t('ahead.home.byMinutes', { minutes: formatNumber(rule.per_minutes! * 1000 / rule.milli_credits) })
}

const saying = (event: H3Event) => aheadWords(bankTranslator(event), preferencesOf(event).lang)

const aheadFor = (session: Session | null, slugs: string[], lesson?: string) => session ? aheadOfMine(session.database, slugs, lesson) : aheadForAll(slugs.join(' '), lesson)

async function aheadOfMine(database: Supabase, slugs: string[], lesson?: string) {
  return bySlug(await answerOf(database.rpc('credit_ahead', { course_slugs: slugs, lesson_slug: lesson })) as unknown as Row[])
}

const aheadForAll = remembering(FRESH_SECONDS, async (slugs: string, lesson?: string) =>
  bySlug(await jobsSql()<Row[]>`select * from private.credit_ahead_for_all(${slugs.split(' ')}, ${lesson ?? null})`))

interface Row { course_slug: string, is_personal: boolean, lessons: number, done: number, earned_milli_credits: number | string, ahead: CreditBundle[] }

function bySlug(rows: Row[]): Map<string, CreditAhead> {
  return new Map(rows.map(row => [row.course_slug, {
    isPersonal: row.is_personal, lessons: row.lessons, done: row.done, earnedMilliCredits: Number(row.earned_milli_credits), bundles: row.ahead,
  }]))
}

/** As much of a lesson as is asked for by. */
interface Lesson { id: number, slug: string }

const readRates = remembering(60, () => answerOf(anonymousDatabase().rpc('credit_rates')))
