import ICAL from 'ical.js'
import { WEEKDAYS, type Repeat } from '../../shared/schemas/desk-activities.ts'

const MOST_SESSIONS = 120
/** Three years of a rule: one that lasts longer is a slip of the hand. */
const MOST_DAYS = 1100

/** `isProvisional`: by law, before the year's days off are announced. */
export interface Holiday { from: string, to: string, zh: string, en: string, isProvisional?: boolean }

/**
 * The days of a rule: RFC 5545 by weekdays, every week or two, or on the nth of the month. Days that are left out are made up for
 * at the end where the rule counts. A day past `until` never comes. `isCut`: the rule goes on behind 120 sessions or three years.
 */
export function repeatedDays(rule: Repeat, holidays: readonly Holiday[]): { days: string[], skipped: { day: string, holiday: Holiday | null }[], isCut: boolean } {
  const days = rule.days.length ? rule.days : [weekdayOf(rule.repeatFrom)]
  const recur = ICAL.Recur.fromData({
    freq: rule.rhythm === 'monthly' ? 'MONTHLY' : 'WEEKLY', interval: rule.rhythm === 'biweekly' ? 2 : 1, wkst: ICAL.Time.MONDAY,
    byday: rule.rhythm === 'monthly' ? days.map(day => `${rule.weekOfMonth}${day}`) : days,
  })
  const iterator = recur.iterator(ICAL.Time.fromDateString(rule.repeatFrom))
  const last = new Date(Date.parse(rule.repeatFrom) + MOST_DAYS * 86_400_000).toISOString().slice(0, 10)
  const kept: string[] = []
  const skipped: { day: string, holiday: Holiday | null }[] = []
  let isCut = false
  for (let next = iterator.next(); next; next = iterator.next()) {
    const day = next.toString().slice(0, 10)
    if (day > (rule.until ?? day) || kept.length >= (rule.count ?? Infinity)) break
    isCut = day > last || kept.length >= MOST_SESSIONS
    if (isCut) break
    if (day < rule.repeatFrom || !days.includes(weekdayOf(day))) continue
    const holiday = rule.skipHolidays ? holidays.find(({ from, to }) => day >= from && day <= to) : undefined
    if (holiday || rule.except.includes(day)) skipped.push({ day, holiday: holiday ?? null })
    else kept.push(day)
  }
  return { days: kept, skipped, isCut }
}

function weekdayOf(day: string): typeof WEEKDAYS[number] {
  return WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7]!
}
