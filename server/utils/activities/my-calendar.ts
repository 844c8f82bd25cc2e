import type { H3Event } from 'h3'
import type { Database } from '~~/shared/types/database'
import { type OnADay, byChinaDay, firstClashes, lastDayOf, monthAfter } from '~~/shared/utils/calendar-days'

type Row = Database['public']['Functions']['my_calendar']['Returns'][number]

/** What the asker and those looked after have in a month, day by day in words; of an empty month also the next day that has something. */
export async function myCalendar(event: H3Event, asked: string | undefined) {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { lang } = preferencesOf(event)
  const today = chinaToday()
  const month = asked ?? today.slice(0, 7)
  const read = (from: string, until: string) => answerOf(database.rpc('my_calendar', { from_day: from, until_day: until }))
  const days = daysOf(await read(`${month}-01`, lastDayOf(month)), lang)
  const following = days.length ? [] : await read(`${monthAfter(month, 1)}-01`, lastDayOf(monthAfter(month, 3)))
  const next = following[0] && { month: chinaMonth(following[0].starts_at!), words: formatWeekday(following[0].starts_at!, lang) }
  const isCurrent = month === today.slice(0, 7)
  const named = (one: string) => ({ month: one, words: monthWords(one, lang) })
  return {
    ...named(month), today, tomorrow: dayAfter(today), before: named(monthAfter(month, -1)), after: named(monthAfter(month, 1)), next: next ?? null,
    past: isCurrent ? days.filter(({ day }) => day < today) : [], days: isCurrent ? days.filter(({ day }) => day >= today) : days,
  }
}

function daysOf(rows: readonly Row[], lang: 'zh-CN' | 'en') {
  const t = calendarToldIn(lang)
  const clock = (one: { startsAt: string, endsAt: string }) => one.startsAt === one.endsAt ? formatClock(one.startsAt, lang) : `${formatClock(one.startsAt, lang)}–${formatClock(one.endsAt, lang)}`
  const things = rows.map((row): OnADay & { row: Row, title: string } => ({
    row, kind: row.kind!, id: row.id!, person: row.person_id!, startsAt: row.starts_at!, endsAt: row.ends_at!, title: (lang === 'en' ? row.title_en : row.title)!,
    takesTime: row.kind !== 'reward' && row.status !== 'called_off' && !row.on_leave,
  }))
  const clashes = firstClashes(things)
  const lines = things.map((one, index) => {
    const clash = clashes[index]
    return {
      key: `${one.kind} ${one.id} ${one.person}`, kind: t(`kinds.${one.kind as 'session'}`), title: one.title, startsAt: one.startsAt, time: clock(one),
      venue: one.kind === 'reward' ? null : one.row.venue!, host: one.row.host!, to: leadsTo(one.row), isOff: one.row.status === 'called_off', isOffer: one.row.status === 'offered',
      state: one.row.is_me ? stateWords(one.row, lang) : t('of', { name: one.row.name!, text: stateWords(one.row, lang) }),
      clash: clash ? t('clash', { title: clash.title, time: clock(clash) }) : null,
    }
  })
  return byChinaDay(lines).map(({ day, things: of }) => ({ day, words: formatWeekday(of[0]!.startsAt, lang), lines: of }))
}

function stateWords(row: Row, lang: 'zh-CN' | 'en'): string {
  const t = calendarToldIn(lang)
  const reason = row.reason ?? ''
  switch (row.kind) {
    case 'reward': return t('reward', { host: row.host! })
    case 'room': return t(row.status === 'confirmed' ? 'room.confirmed' : 'room.asked')
    case 'shift': return t(row.status === 'called_off' ? 'shift.called_off' : 'shift.confirmed', { reason })
    default: return row.on_leave
      ? t('session.leave')
      : t(`session.${row.status === 'waiting' && !row.ahead ? 'next' : row.status as 'asked'}`, { count: row.ahead ?? 0, reason, until: row.offer_ends_at ? formatMoment(row.offer_ends_at, lang) : '' })
  }
}

/** Where it is answered or changed. */
function leadsTo(row: Row): string {
  if (row.status === 'offered') return '/my/activities'
  switch (row.kind) {
    case 'shift': return '/my/service'
    case 'room': return '/my/team-rooms'
    case 'reward': return '/credits/rewards'
    default: return `/activities/${row.activity_code}`
  }
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
function monthWords(month: string, lang: 'zh-CN' | 'en'): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return calendarToldIn(lang)('month', { year, month: lang === 'en' ? MONTHS[number - 1]! : number })
}

function chinaMonth(at: string): string {
  return inChina(at).slice(0, 7)
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
