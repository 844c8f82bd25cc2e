// Days as whole numbers since 1970-01-01 and moments of the Chinese day, the way private.china_date() counts them.

export type Day = number

const MS_PER_DAY = 86_400_000
const CHINA_OFFSET_MS = 8 * 3_600_000

export function dayOf(date: string): Day {
  const day = Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY
  // 2026-02-31 parses, as 3 March.
  if (Number.isNaN(day) || dateOf(day) !== date) throw new Error(`Not a date of the form 2026-11-24: ${date}`)
  return day
}

export function dayIn(year: number, month: number, dayOfMonth: number): Day {
  return Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY
}

/** 2026-11-24 */
export function dateOf(day: Day): string { return new Date(day * MS_PER_DAY).toISOString().slice(0, 10) }

/** The instant of a minute of a Chinese day. */
export function momentOf(day: Day, minute: number): string {
  return new Date(day * MS_PER_DAY + minute * 60_000 - CHINA_OFFSET_MS).toISOString()
}

export function yearOf(day: Day): number { return new Date(day * MS_PER_DAY).getUTCFullYear() }

/** 1 to 12. */
export function monthOf(day: Day): number { return new Date(day * MS_PER_DAY).getUTCMonth() + 1 }

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: Day): number { return (day + 3) % 7 + 1 }

/** The school holidays of winter and summer. */
export function isVacation(day: Day): boolean {
  const date = dateOf(day).slice(5)
  return (date >= '01-18' && date <= '02-18') || (date >= '07-05' && date <= '08-31')
}

/** Monday of the lifelong-learning week (全民终身学习活动周): the third one of October. */
export function learningWeekOf(year: number): Day {
  const first = dayIn(year, 10, 1)
  return first + (8 - weekdayOf(first)) % 7 + 14
}
