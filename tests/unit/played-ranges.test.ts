import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PlayedRanges } from '../../shared/utils/played-ranges.ts'

const length = (ranges: [number, number][]) => ranges.reduce((sum, [from, to]) => sum + to - from, 0)

it('joins what was played second by second into one range', () => {
  const played = new PlayedRanges()
  for (let second = 0; second <= 5; second++) played.sample(10_000 + second * 1000, second * 1000, 1)
  expect(played.take()).toEqual([[10_000, 15_000]])
  expect(played.take()).toEqual([])
})

it('counts a jump as no playing, forward or back', () => {
  const played = new PlayedRanges()
  for (const [position, at] of [[0, 0], [1000, 1000], [60_000, 2000], [61_000, 3000], [5000, 4000], [6000, 5000]] as const) played.sample(position, at, 1)
  expect(played.take()).toEqual([[0, 1000], [60_000, 61_000], [5000, 6000]])
})

it('forgets where it was over a pause', () => {
  const played = new PlayedRanges()
  played.sample(0, 0, 1)
  played.interrupt()
  played.sample(900, 1000, 1)
  expect(played.take()).toEqual([])
})

it('never claims more than the clock allows at the speed, whatever the player says', () => {
  fc.assert(fc.property(
    fc.array(fc.record({ position: fc.integer({ min: 0, max: 600_000 }), wait: fc.integer({ min: 0, max: 3000 }) }), { maxLength: 60 }),
    fc.constantFrom(0.75, 1, 1.5, 2),
    (samples, rate) => {
      const played = new PlayedRanges()
      let at = 0
      for (const { position, wait } of samples) played.sample(position, at += wait, rate)
      expect(length(played.take())).toBeLessThanOrEqual(at * rate * 1.1 + 300 * samples.length)
    }))
})
