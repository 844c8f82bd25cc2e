// What lies on which day of one's calendar, and what lies over what.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byChinaDay, firstClashes, lastDayOf, monthAfter, type OnADay } from '../../shared/utils/calendar-days.ts'

const START = Date.parse('2026-03-01T00:00:00+08:00')
const thing = fc.record({
  kind: fc.constantFrom('session', 'shift', 'room'), person: fc.integer({ min: 1, max: 2 }), from: fc.integer({ min: 0, max: 60 }), long: fc.integer({ min: 1, max: 8 }), takesTime: fc.boolean(),
}).map(({ kind, person, from, long, takesTime }) => ({ kind, person, takesTime, startsAt: new Date(START + from * 1_800_000).toISOString(), endsAt: new Date(START + (from + long) * 1_800_000).toISOString() }))
const things = fc.array(thing, { maxLength: 12 }).map(list => list.map((one, id): OnADay => ({ ...one, id })))

describe('what lies over what', () => {
  it('is seen from both sides, of one person, and touches nobody who is not there', () => fc.assert(fc.property(things, (list) => {
    const found = firstClashes(list)
    for (const [index, one] of list.entries()) {
      const minutes = (of: OnADay) => Array.from({ length: (Date.parse(of.endsAt) - Date.parse(of.startsAt)) / 1_800_000 }, (_, at) => Date.parse(of.startsAt) + at * 1_800_000)
      const beside = list.filter(other => other.id !== one.id && other.person === one.person && one.takesTime && other.takesTime && minutes(other).some(at => minutes(one).includes(at)))
      expect(found[index] === undefined).toBe(beside.length === 0)
      if (found[index]) expect(beside).toContain(found[index])
    }
  })))

  it('is nothing where one ends as the other begins', () => {
    const at = (hour: number) => `2026-03-05T${hour}:00:00+08:00`
    const one = { kind: 'session', person: 1, takesTime: true }
    expect(firstClashes([{ ...one, id: 1, startsAt: at(10), endsAt: at(11) }, { ...one, id: 2, startsAt: at(11), endsAt: at(12) }])).toEqual([undefined, undefined])
  })
})

it('days are China’s, in order, and lose nothing', () => fc.assert(fc.property(things, (list) => {
  const days = byChinaDay(list)
  expect(days.map(({ day }) => day)).toEqual(days.map(({ day }) => day).toSorted())
  expect(days.flatMap(({ things: of }) => of).map(one => one.id).toSorted()).toEqual(list.map(one => one.id).toSorted())
  for (const { day, things: of } of days) for (const one of of) expect(new Date(Date.parse(one.startsAt) + 8 * 3_600_000).toISOString().slice(0, 10)).toBe(day)
})))

it('months go on over the year, and end on their last day', () => {
  expect([monthAfter('2026-12', 1), monthAfter('2027-01', -1), monthAfter('2026-05', 14)]).toEqual(['2027-01', '2026-12', '2027-07'])
  expect([lastDayOf('2026-02'), lastDayOf('2028-02'), lastDayOf('2026-12')]).toEqual(['2026-02-28', '2028-02-29', '2026-12-31'])
})
