// What people type into cells, read the way they mean it. A reader answers the value, or a code that says what is wrong.
import { LIMITS } from './fault.ts'

export interface Wrong { wrong: string, details?: Record<string, unknown> }
export type Read<T> = T | Wrong

export function isWrong<T>(read: Read<T>): read is Wrong {
  return typeof read === 'object' && read !== null && 'wrong' in read
}

/** Half-width digits, letters and marks; blanks of any kind become one space; none at the ends. */
export function plain(cell: string): string {
  return cell.normalize('NFKC').replace(/[\s\u00A0\u200B-\u200D\u3000\uFEFF]+/g, ' ').trim()
}

/** A name as written, without the blanks that line up two-character names; Latin names keep one between their words. */
export function readName(cell: string, longest = 40): Read<string> {
  const text = plain(cell)
  const name = /\p{Script=Han}/u.test(text) ? text.replaceAll(' ', '') : text
  if (name.length > longest) return { wrong: 'import_text_too_long', details: { longest } }
  // An import is no way in for marks that other programs act on.
  return /[\p{Cc}<>]/u.test(name) || /^[=+@\t-]/.test(name) ? { wrong: 'import_name_invalid' } : name
}

export function readText(cell: string, longest: number): Read<string> {
  const text = cell.replace(/[\s\u3000]+/g, ' ').trim()
  return text.length > Math.min(longest, LIMITS.cellCharacters) ? { wrong: 'import_text_too_long', details: { longest } } : text
}

const DATE = /^(\d{4}|\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?[日号]?(?:[ T]+(.*))?$/

/** 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日, 20260305, with or without a time behind. */
export function readDay(cell: string): Read<{ day: string, time?: string }> {
  const text = plain(cell)
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  const [, year, month, date, time] = compact ?? DATE.exec(text) ?? []
  if (!year || year.length !== 4) return { wrong: 'import_date_unreadable' }
  const day = `${year}-${month!.padStart(2, '0')}-${date!.padStart(2, '0')}`
  if (!isRealDay(day) || Number(year) < 1850 || Number(year) > 2100) return { wrong: 'import_date_unreadable' }
  if (!time) return { day }
  const read = readTime(time)
  return isWrong(read) ? read : { day, time: read.from }
}

export function isRealDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** 9:00, 09:00:00, 9点, 9点半, 下午2:30, 14:00-16:00. */
export function readTime(cell: string): Read<{ from: string, to?: string }> {
  const [first, second, ...more] = plain(cell).split(/\s?(?:-|—|–|~|至|到)+\s?/)
  const from = oneTime(first ?? '')
  if (!from || more.length) return { wrong: 'import_time_unreadable' }
  if (second === undefined) return { from }
  const to = oneTime(second, /^(?:下午|晚上?|PM)/i.test(first!))
  return to && to > from ? { from, to } : { wrong: 'import_time_unreadable' }
}

function oneTime(text: string, isLater = false): string | null {
  const [, half, hour, minute, halfPast] = /^(上午|早上|中午|下午|晚上?|AM|PM)?\s?(\d{1,2})(?:[:点时](\d{1,2})?(?::\d{1,2})?(半)?分?)?$/i.exec(text) ?? []
  if (hour === undefined) return null
  const later = half ? /^(?:下午|晚|PM)/i.test(half) : isLater
  const hours = Number(hour) + (later && Number(hour) < 12 ? 12 : 0)
  const minutes = halfPast ? 30 : Number(minute ?? 0)
  return hours < 24 && minutes < 60 ? `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}` : null
}

/** 2, 1.5, ２．５, 1.5学时, 3小时. */
export function readHours(cell: string): Read<number> {
  const [, number] = /^(\d{1,4}(?:\.\d+)?)\s?(?:个?学时|课时|个?小时|h)?$/i.exec(plain(cell)) ?? []
  const hours = Number(number)
  if (number === undefined) return { wrong: 'import_hours_unreadable' }
  return hours > 0 && hours <= 24 ? Math.round(hours * 100) / 100 : { wrong: 'import_hours_out_of_range' }
}

/** 1,234 or 1 234人; nothing below zero, no fractions. */
export function readCount(cell: string): Read<number> {
  const [, number] = /^(\d{1,3}(?:[, ]?\d{3})*|\d{1,9})(?:\.0+)?\s?[人户]?$/.exec(plain(cell)) ?? []
  const count = Number(number?.replace(/[, ]/g, ''))
  return count < 2 ** 31 ? count : { wrong: 'import_count_unreadable' }
}

export function readYear(cell: string): Read<number> {
  const [, year] = /^(\d{4})\s?年?(?:度)?$/.exec(plain(cell)) ?? []
  return year === undefined ? { wrong: 'import_year_unreadable' } : Number(year)
}

/** A year, a month of one, or a whole date of birth. */
export function readBirthYear(cell: string, today: string): Read<number> {
  const text = plain(cell)
  const [, year] = /^(\d{4})\s?年?$|^(\d{4})\s?[-/.年]\s?\d{1,2}\s?月?$|^(\d{4})(?:0[1-9]|1[0-2])$/.exec(text)?.filter(part => part !== undefined) ?? []
  const day = year ? { day: `${year}-01-01` } : readDay(text)
  if (isWrong(day)) return { wrong: 'import_birth_unreadable' }
  if (day.day > today) return { wrong: 'import_birth_future' }
  const born = Number(day.day.slice(0, 4))
  return born < Number(today.slice(0, 4)) - 120 ? { wrong: 'import_birth_too_early' } : born
}

export function readSex(cell: string): Read<'female' | 'male'> {
  const text = plain(cell).toLowerCase()
  if (['女', '女性', 'female', 'f', '2'].includes(text)) return 'female'
  return ['男', '男性', 'male', 'm', '1'].includes(text) ? 'male' : { wrong: 'import_sex_unreadable' }
}

/** A mobile number of the mainland, with or without +86 and dashes. */
export function readPhone(cell: string): Read<string> {
  const digits = plain(cell).replace(/[\s-]/g, '').replace(/^\+?86(?=1\d{10}$)/, '')
  return /^1[3-9]\d{9}$/.test(digits) ? digits : { wrong: 'import_phone_invalid' }
}

/** Several words in one cell, by any mark people put between them. */
export function splitWords(cell: string): string[] {
  return plain(cell).split(/[,;/|、,;，；\n]+/).map(word => word.trim()).filter(Boolean)
}
