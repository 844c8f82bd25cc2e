// When something takes place, in plain words. Put together from parts, so that server and phone write the same.
type Lang = 'zh-CN' | 'en'

const parts = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit', hourCycle: 'h23' })
const WEEKDAYS: Record<string, string> = { Mon: '周一', Tue: '周二', Wed: '周三', Thu: '周四', Fri: '周五', Sat: '周六', Sun: '周日' }
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function partsOf(value: string | Date) {
  const part = Object.fromEntries(parts.formatToParts(new Date(value)).map(({ type, value }) => [type, value]))
  return { year: Number(part.year), month: Number(part.month), day: Number(part.day), weekday: part.weekday!, hour: Number(part.hour), minute: part.minute! }
}

function dayTime(hour: number): string {
  return hour < 6 ? '凌晨' : hour < 12 ? '上午' : hour === 12 ? '中午' : hour < 18 ? '下午' : '晚上'
}

/** 周六 6月3日 · Sat 3 June; with the year where it is not this one. */
export function formatWeekday(value: string | Date, lang: Lang, now = new Date()): string {
  const { year, month, day, weekday } = partsOf(value)
  const isThisYear = year === partsOf(now).year
  return lang === 'en'
    ? `${weekday} ${day} ${MONTHS[month - 1]}${isThisYear ? '' : ` ${year}`}`
    : `${WEEKDAYS[weekday]} ${isThisYear ? '' : `${year}年`}${month}月${day}日`
}

/** 上午9:00 · 9:00 am. */
export function formatClock(value: string | Date, lang: Lang): string {
  const { hour, minute } = partsOf(value)
  const twelve = hour % 12 || 12
  return lang === 'en' ? `${twelve}:${minute} ${hour < 12 ? 'am' : 'pm'}` : `${dayTime(hour)}${twelve}:${minute}`
}

/** 周六 6月3日 上午9:00 · Sat 3 June, 9:00 am. */
export function formatMoment(value: string | Date, lang: Lang, now = new Date()): string {
  return `${formatWeekday(value, lang, now)}${lang === 'en' ? ',' : ''} ${formatClock(value, lang)}`
}

/** 周六 6月3日 上午9:00–11:00 · Sat 3 June, 9:00–11:00 am; the half of the day is said twice only where it changes. */
export function formatSession(startsAt: string | Date, endsAt: string | Date, lang: Lang, now = new Date()): string {
  const [start, end] = [partsOf(startsAt), partsOf(endsAt)]
  if (start.day !== end.day || start.month !== end.month) return `${formatMoment(startsAt, lang, now)}–${formatMoment(endsAt, lang, now)}`
  if (lang === 'en') {
    const isSame = (start.hour < 12) === (end.hour < 12)
    const from = isSame ? formatClock(startsAt, lang).split(' ')[0]! : formatClock(startsAt, lang)
    return `${formatWeekday(startsAt, lang, now)}, ${from}–${formatClock(endsAt, lang)}`
  }
  const until = dayTime(start.hour) === dayTime(end.hour) ? `${end.hour % 12 || 12}:${end.minute}` : formatClock(endsAt, lang)
  return `${formatMoment(startsAt, lang, now)}–${until}`
}

/** Values of a message with its moments in words: 2026-06-03T01:00:00+00:00 → 周三 6月3日 上午9:00. */
export function withMoments(values: Record<string, unknown>, lang: Lang): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? formatMoment(value, lang) : value]))
}
