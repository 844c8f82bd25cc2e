import { z } from 'zod'
import { Day, Id, orNothing } from './fields'

const Year = z.coerce.number('days_off_year').int('days_off_year').min(2020, 'days_off_year').max(2100, 'days_off_year')
const isDay = (text: string) => Day('date_missing').safeParse(text).success

/** Lines of a notice: the first day, the last where there are several, the name, and behind a stroke the English one: `2027-02-05 2027-02-11 春节 / Spring Festival`. */
export function readDaysOff(text: string): { from: string, until: string, zh: string, en: string | null }[] | null {
  const lines = text.split('\n').map(line => line.trim()).filter(Boolean).map((line) => {
    const [, from, until, zh, en] = /^(\d{4}-\d\d-\d\d)(?:[\s至到—–~-]+(\d{4}-\d\d-\d\d))?\s+([^/\d][^/]{0,19}?)(?:\s*\/\s*(.{1,40}))?$/.exec(line) ?? []
    return from && isDay(from) && isDay(until ?? from) && (until ?? from) >= from ? { from, until: until ?? from, zh: zh!, en: en ?? null } : null
  })
  return lines.length && lines.every(line => line !== null) ? lines : null
}

export const DaysOffQuery = z.object({ year: Year.optional().catch(undefined) })
export const DaysOffEntry = z.object({
  year: Year,
  version: orNothing(Id('days_off_changed')),
  notice: z.string('days_off_notice').trim().min(2, 'days_off_notice').max(100, 'days_off_notice'),
  days: z.string('days_off_lines').max(3000, 'days_off_lines').transform((text, context) => {
    const lines = readDaysOff(text)
    if (!lines) context.addIssue({ code: 'custom', message: 'days_off_lines' })
    return lines ?? []
  }),
  working: z.string().max(1000, 'days_off_working').default('').transform((text, context) => {
    const days = text.split(/[\s,，、;；]+/).filter(Boolean)
    if (days.length > 30 || !days.every(isDay)) context.addIssue({ code: 'custom', message: 'days_off_working' })
    return [...new Set(days)]
  }),
})
