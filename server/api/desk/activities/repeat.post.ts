import { repeatedDays } from '~~/server/activities/repeat'
import { Repeat } from '~~/shared/schemas/desk-activities'

/** The days of a rule as rows of the form, and which were left out for what. A rule without an end is refused: 422 `repeat_endless`. */
export default defineEventHandler(async (event) => {
  const rule = await readInput(event, Repeat)
  const { database } = await requireDesk(event, 'activities')
  const { holidays, working } = await publicHolidays(event, database)
  const { days, skipped, isCut } = repeatedDays(rule, holidays)
  if (!days.length) throw refusal(422, 'repeat_empty', { field: 'until' })
  const years = rule.skipHolidays ? [...new Set(days.map(day => day.slice(0, 4)))] : []
  const known = (year: string, isProvisional: boolean) => holidays.some(one => one.from.startsWith(year) && (one.isProvisional ?? false) === isProvisional)
  return {
    rows: days.map(date => ({ id: '', date, start: rule.repeatStart, end: rule.repeatEnd, venue: '', room: '', seats: '' })), skipped, isCut,
    /** Days of weekends on which people work, and children have school. */
    workingDays: days.filter(day => working.includes(day)),
    /** Years of the rule for which nobody has entered the holidays. */
    unknownYears: years.filter(year => !known(year, false) && !known(year, true)),
    /** Years whose holidays stand by law, before the days off are announced. */
    provisionalYears: years.filter(year => !known(year, false) && known(year, true)),
  }
})
