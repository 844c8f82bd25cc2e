import { describe, expect, it } from 'vitest'
import { dateOf, dayOf, isVacation, learningWeekOf, momentOf, weekdayOf } from '../../../demo/calendar.ts'

describe('the calendar of the demo', () => {
  it('has its minutes in Chinese time', () => expect(momentOf(dayOf('2026-01-01'), 30)).toBe('2025-12-31T16:30:00.000Z'))
  it('knows the weekday', () => expect(weekdayOf(dayOf('2026-11-24'))).toBe(2))

  it.each([[2024, '2024-10-21'], [2025, '2025-10-20'], [2026, '2026-10-19'], [2027, '2027-10-18']])('starts the learning week of %i on Monday %s', (year, date) => {
    expect(dateOf(learningWeekOf(year))).toBe(date)
  })

  it.each([['2026-01-17', false], ['2026-01-18', true], ['2026-07-05', true], ['2026-09-01', false]])('has holidays on %s: %s', (date, holiday) => {
    expect(isVacation(dayOf(date))).toBe(holiday)
  })

  it.each(['2026-13-01', '2026-02-31', '2026-11', '24.11.2026', ''])('refuses %j', date => expect(() => dayOf(date)).toThrow('Not a date'))
})
