import { describe, expect, it } from 'vitest'
import { repeatedDays } from '../../server/activities/repeat.ts'
import { Repeat } from '../../shared/schemas/desk-activities.ts'

const HOLIDAYS = [{ from: '2026-10-01', to: '2026-10-07', zh: '国庆节', en: 'National Day' }]
const rule = (over: Record<string, string>) => Repeat.parse({ repeatFrom: '2026-09-02', repeatStart: '09:00', repeatEnd: '10:30', rhythm: 'weekly', ...over })
const days = (over: Record<string, string>, holidays = HOLIDAYS) => repeatedDays(rule(over), holidays).days

describe('a rule of sessions', () => {
  it('is refused without an end, with an end before its start, or with nonsense to leave out', () => {
    const fault = (over: object) => Repeat.safeParse({ repeatFrom: '2026-09-02', repeatStart: '09:00', repeatEnd: '10:30', ...over }).error?.issues[0]?.message
    expect(fault({})).toBe('repeat_endless')
    expect(fault({ count: '', until: '' })).toBe('repeat_endless')
    expect(fault({ count: '4', repeatEnd: '08:00' })).toBe('session_ends_first')
    expect(fault({ count: '4', except: '下周' })).toBe('repeat_except_invalid')
    expect(fault({ count: '121' })).toBe('repeat_count_invalid')
    expect(fault({ count: '2', repeatFrom: '2026-02-30' })).toBe('date_missing')
  })

  it('says where it was cut: a rule longer than what is made at once', () => {
    const cut = (over: Record<string, string>) => repeatedDays(rule(over), HOLIDAYS)
    const daily = { 'day.MO': 'yes', 'day.TU': 'yes', 'day.WE': 'yes', 'day.TH': 'yes', 'day.FR': 'yes' }
    expect(cut({ ...daily, until: '2027-06-30' })).toMatchObject({ isCut: true, days: { length: 120 } })
    expect(cut({ ...daily, count: '120' })).toMatchObject({ isCut: false, days: { length: 120 } })
    expect(cut({ rhythm: 'monthly', until: '2030-12-31' }).isCut).toBe(true)
    expect(cut({ until: '2026-12-31' }).isCut).toBe(false)
  })

  it('repeats every week on the day it begins', () => {
    expect(days({ count: '4' })).toEqual(['2026-09-02', '2026-09-09', '2026-09-16', '2026-09-23'])
  })

  it('takes several days of the week, and every second week', () => {
    expect(days({ 'count': '5', 'day.TU': 'yes', 'day.TH': 'yes' })).toEqual(['2026-09-03', '2026-09-08', '2026-09-10', '2026-09-15', '2026-09-17'])
    expect(days({ rhythm: 'biweekly', until: '2026-10-01' })).toEqual(['2026-09-02', '2026-09-16', '2026-09-30'])
  })

  it('finds the first and the last weekday of a month', () => {
    expect(days({ 'rhythm': 'monthly', 'day.SA': 'yes', 'weekOfMonth': '1', 'count': '3' })).toEqual(['2026-09-05', '2026-10-03', '2026-11-07'])
    expect(days({ 'rhythm': 'monthly', 'day.FR': 'yes', 'weekOfMonth': '-1', 'count': '3' })).toEqual(['2026-09-25', '2026-10-30', '2026-11-27'])
  })

  it('leaves out holidays and what is excepted, and makes up for them where it counts', () => {
    const { days, skipped } = repeatedDays(rule({ count: '5', skipHolidays: 'yes', except: '2026-09-16，2026-10-14' }), HOLIDAYS)
    expect(days).toEqual(['2026-09-02', '2026-09-09', '2026-09-23', '2026-09-30', '2026-10-21'])
    expect(skipped.map(one => [one.day, one.holiday?.zh ?? null])).toEqual([['2026-09-16', null], ['2026-10-07', '国庆节'], ['2026-10-14', null]])
  })

  it('never goes past its last day, nor past 120 sessions', () => {
    expect(days({ until: '2026-09-10', count: '50' })).toEqual(['2026-09-02', '2026-09-09'])
    expect(days({ 'until': '2099-01-01', 'day.MO': 'yes', 'day.TU': 'yes', 'day.WE': 'yes' })).toHaveLength(120)
  })
})
