// A term held again: whole weeks, days of the week and hours kept, holidays left out and named.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { movedTerm } from '../../server/activities/term-copy.ts'

const HOLIDAY = { from: '2026-10-01', to: '2026-10-07', zh: '国庆节', en: 'National Day' }
const at = (day: string, hour = '09:00') => ({ startsAt: `${day}T${hour}:00+08:00`, endsAt: `${day}T${hour.slice(0, 2)}:50:00+08:00`, venue: null, room: '201', capacity: 20 })
const held = (sessions: ReturnType<typeof at>[], more = {}) => ({ id: 1, opensAt: null, closesAt: null, again: [] as string[], sessions, ...more })
const inChina = (moment: string) => new Date(Date.parse(moment) + 8 * 3_600_000).toISOString().slice(0, 16)

describe('a term held again', () => {
  it('begins on or after the new first day, on the same day of the week and at the same hour, everything by the same weeks', () => {
    const [one, two] = movedTerm([held([at('2026-03-04'), at('2026-03-11')], { opensAt: '2026-02-20T09:00:00+08:00' }), held([at('2026-03-02', '00:30')], { id: 2 })], '2026-09-01', [])
    expect(two!.sessions.map(({ startsAt }) => inChina(startsAt))).toEqual(['2026-09-07T00:30'])
    expect(one!.sessions.map(({ startsAt }) => inChina(startsAt))).toEqual(['2026-09-09T09:00', '2026-09-16T09:00'])
    expect(inChina(one!.opensAt!)).toBe('2026-08-28T09:00')
    expect(one!.sessions[0]).toMatchObject({ room: '201', capacity: 20 })
  })

  it('leaves holidays out and says which', () => {
    const [one] = movedTerm([held([at('2026-04-01'), at('2026-04-08')])], '2026-09-30', [HOLIDAY])
    expect(one!.sessions.map(({ startsAt }) => inChina(startsAt))).toEqual(['2026-09-30T09:00'])
    expect(one!.skipped).toEqual([{ day: '2026-10-07', holiday: HOLIDAY }])
    expect(movedTerm([held([at('2026-04-01')])], '2026-10-01', [HOLIDAY])[0]!.sessions).toEqual([])
    expect(movedTerm([], '2026-10-01', [HOLIDAY])).toEqual([])
  })

  it('knows what was made of it before', () => {
    expect(movedTerm([held([at('2026-03-04')], { again: ['2026-09-09T01:00:00+00:00'] })], '2026-09-07', [])[0]!.isKnown).toBe(true)
    expect(movedTerm([held([at('2026-03-04')], { again: ['2026-09-09T01:00:00+00:00'] })], '2026-09-14', [])[0]!.isKnown).toBe(false)
  })

  it('keeps every session or names the holiday, whatever the days', () => {
    const dayOf = (days: number) => new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString().slice(0, 10)
    fc.assert(fc.property(fc.uniqueArray(fc.nat(180), { minLength: 1, maxLength: 30 }), fc.integer({ min: -100, max: 500 }), (days, start) => {
      const [one] = movedTerm([held(days.map(day => at(dayOf(day))))], dayOf(start), [HOLIDAY])
      const said = [...one!.sessions.map(({ startsAt }) => inChina(startsAt).slice(0, 10)), ...one!.skipped.map(({ day }) => day)].sort()
      expect(said).toHaveLength(days.length)
      const shift = (Date.parse(said[0]!) - Date.parse(dayOf(Math.min(...days)))) / 86_400_000
      expect(Math.abs(shift % 7)).toBe(0)
      expect(said[0]! >= dayOf(start) && Date.parse(said[0]!) - Date.parse(dayOf(start)) < 7 * 86_400_000).toBe(true)
      expect(said).toEqual(days.map(day => new Date(Date.parse(dayOf(day)) + shift * 86_400_000).toISOString().slice(0, 10)).sort())
    }))
  })
})
