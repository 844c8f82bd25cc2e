import { describe, expect, it } from 'vitest'
import { dayOf } from '../../../demo/calendar.ts'
import { makeRegion, sizeOf } from '../../../demo/network.ts'
import { randomFor } from '../../../demo/random.ts'

describe('the demo network', () => {
  it.each([
    [20_000, { counties: 2, townships: 10, villages: 60 }],
    [1_000_000, { counties: 4, townships: 58, villages: 627 }],
    [7_000_000, { counties: 10, townships: 140, villages: 2016 }],
  ])('grows with %i residents', (residents, size) => expect(sizeOf(residents)).toEqual(size))

  it.each([200, 2_000, 20_000, 7_000_000])('gives %i residents a home each, in places whose names and codes are their own', (residents) => {
    const region = makeRegion(randomFor(7, 'region'), residents, dayOf('2026-11-24'))
    expect(region.villages.reduce((sum, { people }) => sum + people, 0)).toBe(residents)
    expect(region.villages.every(({ people }) => people > 0)).toBe(true)
    for (const field of ['code', 'name', 'id'] as const) expect(new Set(region.units.map(unit => unit[field])).size).toBe(region.units.length)
    expect(region.units.every(({ code }) => /^QJ(-[A-Z]{2}(-\d{2,3}){0,2})?(-[SG]\d?)?$/.test(code))).toBe(true)
  })

  it('always has 清溪镇 in 云溪县, villages without a point, one closed point and villages that have held nothing', () => {
    const { counties, villages, units } = makeRegion(randomFor(7, 'region'), 20_000, dayOf('2026-11-24'))
    expect(counties.map(({ unit }) => unit.name)).toEqual(['云溪县', '临江区'])
    expect(counties[0]!.townships[0]!.unit).toMatchObject({ name: '清溪镇', code: 'QJ-YX-01' })
    expect(villages.filter(({ point }) => !point).length).toBeGreaterThan(2)
    expect(units.filter(({ closedOn }) => closedOn)).toHaveLength(1)
    expect(villages.filter(({ reached }) => reached === 0)).toHaveLength(3)
  })

  it('lists what is above before what is below', () => {
    const { units } = makeRegion(randomFor(9, 'region'), 20_000, dayOf('2026-11-24'))
    const seen = new Set<number>()
    for (const { id, parentId } of units) {
      expect(parentId === null || seen.has(parentId)).toBe(true)
      seen.add(id)
    }
  })
})
