import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { calendarFile, type CalendarEvent } from '../../server/utils/activities/calendar.ts'
import { formatMoment, formatSession, withMoments } from '../../shared/utils/moments.ts'

const NOW = new Date('2026-12-01T00:00:00Z')

describe('a moment is said in plain words', () => {
  it.each([
    ['2026-12-05T01:00:00Z', '周六 12月5日 上午9:00', 'Sat 5 December, 9:00 am'],
    ['2026-12-05T04:30:00Z', '周六 12月5日 中午12:30', 'Sat 5 December, 12:30 pm'],
    ['2026-12-05T16:00:00Z', '周日 12月6日 凌晨12:00', 'Sun 6 December, 12:00 am'],
    ['2027-01-02T11:05:00Z', '周六 2027年1月2日 晚上7:05', 'Sat 2 January 2027, 7:05 pm'],
  ])('%s', (moment, zh, en) => {
    expect(formatMoment(moment, 'zh-CN', NOW)).toBe(zh)
    expect(formatMoment(moment, 'en', NOW)).toBe(en)
  })

  it('and a session says the half of the day twice only where it changes', () => {
    const said = (from: string, until: string) => [formatSession(from, until, 'zh-CN', NOW), formatSession(from, until, 'en', NOW)]
    expect(said('2026-12-05T01:00:00Z', '2026-12-05T03:00:00Z')).toEqual(['周六 12月5日 上午9:00–11:00', 'Sat 5 December, 9:00–11:00 am'])
    expect(said('2026-12-05T01:00:00Z', '2026-12-05T08:00:00Z')).toEqual(['周六 12月5日 上午9:00–下午4:00', 'Sat 5 December, 9:00 am–4:00 pm'])
    expect(said('2026-12-05T15:00:00Z', '2026-12-05T17:00:00Z')[0]).toBe('周六 12月5日 晚上11:00–周日 12月6日 凌晨1:00')
  })

  it('in a refusal, and nothing else there changes', () => {
    expect(withMoments({ opensAt: '2026-12-05T01:00:00+00:00', name: '王秀英', youngest: 5 }, 'zh-CN')).toEqual({ opensAt: formatMoment('2026-12-05T01:00:00Z', 'zh-CN'), name: '王秀英', youngest: 5 })
  })
})

describe('a calendar file', () => {
  const event: CalendarEvent = { id: 7, code: 'abcd2345', title: '很长的名字，带逗号,和分号;'.repeat(6), startsAt: '2026-12-05T11:00:00+00:00', endsAt: '2026-12-05T12:30:00+00:00', venue: '镇文化站', room: '二楼', version: 3, state: 'cancelled' }
  const text = calendarFile('邻学', [event], 'https://linxue.example', NOW)

  it('has lines of 75 octets at most, ended as the standard wants', () => {
    expect(text.endsWith('\r\nEND:VCALENDAR\r\n')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  })

  it('says what, when in China, where, which change, and that it is off', () => {
    const calendar = new ICAL.Component(ICAL.parse(text) as never)
    expect(calendar.getFirstSubcomponent('vtimezone')!.getFirstPropertyValue('tzid')).toBe('Asia/Shanghai')
    const one = calendar.getFirstSubcomponent('vevent')!
    const value = (name: string) => String(one.getFirstPropertyValue(name))
    expect(['uid', 'summary', 'location', 'sequence', 'status', 'url'].map(value)).toEqual(['session-7@linxue', event.title, '镇文化站 二楼', '3', 'CANCELLED', 'https://linxue.example/activities/abcd2345'])
    expect([value('dtstart'), value('dtend'), one.getFirstProperty('dtstart')!.getParameter('tzid')]).toEqual(['2026-12-05T19:00:00', '2026-12-05T20:30:00', 'Asia/Shanghai'])
    expect(value('dtstamp')).toBe('2026-12-01T00:00:00Z')
  })
})
