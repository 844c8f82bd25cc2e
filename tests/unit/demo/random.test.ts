import { describe, expect, it } from 'vitest'
import { randomFor } from '../../../demo/random.ts'

const draws = (random: ReturnType<typeof randomFor>) => Array.from({ length: 1000 }, () => random.share())

describe('chance that can be repeated', () => {
  it('draws the same for the same seed and purpose', () => {
    expect(draws(randomFor(7, 'people', 'QJ-YX-01'))).toEqual(draws(randomFor(7, 'people', 'QJ-YX-01')))
  })

  it.each([[8, 'people', 'QJ-YX-01'], [7, 'people', 'QJ-YX-02'], [7, 'history', 'QJ-YX-01']] as const)('draws otherwise for %j', (seed, ...purpose) => {
    const shared = new Set(draws(randomFor(7, 'people', 'QJ-YX-01')))
    expect(draws(randomFor(seed, ...purpose)).filter(draw => shared.has(draw)).length).toBeLessThan(3)
  })

  it('spreads evenly between its ends, both included', () => {
    const random = randomFor(1)
    const counts = new Map<number, number>()
    for (let index = 0; index < 60_000; index++) {
      const face = random.int(1, 6)
      counts.set(face, (counts.get(face) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6])
    for (const count of counts.values()) expect(count).toBeGreaterThan(9_500)
  })

  it('picks by weight and never what weighs nothing', () => {
    const random = randomFor(2)
    const picks = Array.from({ length: 10_000 }, () => random.weighted(['never', 'seldom', 'often'], word => ({ never: 0, seldom: 1, often: 9 })[word]!))
    expect(picks).not.toContain('never')
    expect(picks.filter(word => word === 'often').length / picks.length).toBeCloseTo(0.9, 1)
  })

  it('makes version 4 UUIDs, no two alike', () => {
    const random = randomFor(3)
    const uuids = Array.from({ length: 10_000 }, () => random.uuid())
    expect(new Set(uuids).size).toBe(uuids.length)
    for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('shuffles without losing anybody', () => {
    const people = Array.from({ length: 50 }, (_, index) => index)
    const shuffled = randomFor(4).shuffled(people)
    expect(shuffled).not.toEqual(people)
    expect(shuffled.sort((a, b) => a - b)).toEqual(people)
  })
})
