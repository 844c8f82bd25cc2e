import type { H3Event } from 'h3'
import type { ActivityQuery } from '~~/shared/schemas/activities'
import type { ActivityEntry } from '~~/shared/types/activities'
import type { Database } from '~~/shared/types/database'
import type { Session } from '../identity/session'

type Found = Database['public']['Functions']['find_activities']['Returns'][number]

const PAGE_SIZE = 12
const DAY_MS = 86_400_000

/** A page of what is to come, with what it can be narrowed by. 404 `unit_unknown` */
export async function listActivities(event: H3Event, query: ActivityQuery) {
  const session = await currentSession(event)
  const { lang } = preferencesOf(event)
  const [filters, home, categoryOf] = await Promise.all([readFilters(), neighbourhood(session), categoriesFor(event)])
  const [from, until] = dayRange(query)
  const near = query.place === 'near' ? home?.unit_id : await unitId(query.place)
  const found = await answerOf(anonymousDatabase().rpc('find_activities', {
    ...(near && { near_unit_id: near }), ...(from && { from_day: from }), ...(until && { until_day: until }), ...(query.category && { of_category_id: query.category }),
    ...(query.form && { of_form_id: query.form }), ...(query.audience && { for_audience: query.audience }), only_free: query.free, query: query.words,
    page_size: PAGE_SIZE, skip: (query.page - 1) * PAGE_SIZE,
  }))
  const total = found[0]?.total ?? 0
  const choices = (filter: string) => filters.filter(row => row.filter === filter)
  const named = (filter: string) => choices(filter).map(row => ({ id: row.id!, name: (lang === 'en' ? row.en : row.zh)!, count: row.activities! }))
  return {
    activities: found.map(row => activityEntry(row, lang, categoryOf(row.category_id!).tone)),
    total,
    page: query.page,
    pages: Math.ceil(total / PAGE_SIZE),
    today: chinaToday(),
    /** Null for visitors, who may choose a place by hand. */
    home: home?.name ?? null,
    places: choices('place').map(row => ({ id: row.id!, name: row.zh!, depth: row.depth!, count: row.activities! })),
    categories: choices('category').map(row => ({ id: row.id!, name: categoryOf(row.id!).name, count: row.activities! })),
    forms: named('form'),
    audiences: named('audience'),
  }
}

/** The next ones around the asker, or of a unit, or of all the region. */
export async function comingActivities(event: H3Event, count: number, unit?: number): Promise<ActivityEntry[]> {
  const [home, categoryOf] = await Promise.all([unit === undefined ? neighbourhood(await currentSession(event)) : null, categoriesFor(event)])
  const near = unit ?? home?.unit_id
  const found = await answerOf(anonymousDatabase().rpc('find_activities', { ...(near && { near_unit_id: near }), page_size: count }))
  return found.map(row => activityEntry(row, preferencesOf(event).lang, categoryOf(row.category_id!).tone))
}

const readFilters = remembering(30, () => answerOf(anonymousDatabase().rpc('activity_filters')))

async function neighbourhood(session: Session | null) {
  if (!session) return null
  const [place] = await answerOf(session.database.rpc('my_neighbourhood'))
  return place ?? null
}

async function unitId(code: string | undefined): Promise<number | undefined> {
  if (!code) return undefined
  const unit = await answerOf(anonymousDatabase().from('units').select('id').eq('code', code).maybeSingle()) as { id: number } | null
  if (!unit) throw refusal(404, 'unit_unknown', { field: 'place' })
  return unit.id
}

/** From which day until which, both in China. */
export function dayRange({ day, date }: Pick<ActivityQuery, 'day' | 'date'>, today = chinaToday()): [string?, string?] {
  if (day === 'date' || (day === undefined && date)) return date ? [date, date] : []
  if (day === 'today') return [today, today]
  if (day === undefined) return []
  const at = Date.parse(today)
  const toSunday = (7 - new Date(at).getUTCDay()) % 7
  const [saturday, sunday] = [toSunday - 1, toSunday].map(days => new Date(at + Math.max(days, 0) * DAY_MS).toISOString().slice(0, 10)) as [string, string]
  return [day === 'weekend' ? saturday : today, sunday]
}

function activityEntry(row: Found, lang: 'zh-CN' | 'en', tone: string): ActivityEntry {
  return {
    code: row.code!, title: row.title!, host: row.host!, form: (lang === 'en' ? row.form_en : row.form_zh)!, tone, venue: row.venue!, room: row.room, feeFen: row.fee_fen!,
    signUp: row.sign_up as ActivityEntry['signUp'], opensAt: row.opens_at, closesAt: row.closes_at, startsAt: row.starts_at!, endsAt: row.ends_at!, sessions: row.sessions!, free: row.free,
  }
}
