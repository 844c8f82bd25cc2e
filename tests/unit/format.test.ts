import { describe, expect, it } from 'vitest'
import { chinaYear, formatCredits, formatDate, formatHours, formatMinutes, formatNumber } from '../../shared/utils/format'

describe('credits', () => {
  it.each([[0, '0'], [40, '0.04'], [220, '0.22'], [1000, '1'], [1340, '1.34'], [1_234_567_890, '1,234,567.89'], [-40, '−0.04']])(
    'writes %i thousandths as %s', (milliCredits, text) => expect(formatCredits(milliCredits)).toBe(text))
})

describe('dates', () => {
  it('are the day in China, whatever the hour elsewhere', () => {
    expect(formatDate('2026-03-04T16:30:00Z', 'zh-CN')).toBe('2026年3月5日')
    expect(formatDate('2026-03-04T15:59:59Z', 'en')).toBe('4 March 2026')
  })
  it('take a date without a time as that day', () => expect(formatDate('2026-09-01', 'zh-CN')).toBe('2026年9月1日'))
  it('begin a year at midnight in China', () => {
    expect(chinaYear(new Date('2025-12-31T16:00:00Z'))).toBe(2026)
    expect(chinaYear(new Date('2025-12-31T15:59:59Z'))).toBe(2025)
  })
})

describe('durations', () => {
  it.each([[0, '0 分钟'], [5, '5 分钟'], [60, '1 小时'], [75, '1 小时 15 分钟']])('writes %i minutes as %s', (minutes, text) => expect(formatMinutes(minutes, 'zh-CN')).toBe(text))
  it('speaks English too', () => expect(formatMinutes(75, 'en')).toBe('1 h 15 min'))
  it('keeps one digit of hours', () => expect([formatHours(6.5), formatHours(6.04), formatHours(0)]).toEqual(['6.5', '6', '0']))
  it('keeps two digits of a number', () => expect([formatNumber(7.5), formatNumber(10)]).toEqual(['7.5', '10']))
})
