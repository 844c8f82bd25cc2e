// The judging of beats against a small model of it: a media of sixty seconds as sixty squares, filled one by one.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeMedia } from '../fixtures/database.ts'
import { type Beat, type Range, type Sitting, beat, sitting } from '../fixtures/watching.ts'

const LENGTH = 60
const SLACK = 5
const RUNS = { numRuns: 60 }

interface Call { at: number, beats: Beat[] }
interface State { credited: number[], claimed: number[], flagged: number, study: number }

function model(calls: Call[]): State {
  const credited = new Set<number>()
  const claimed = new Set<number>()
  const heard = new Set<number>()
  let flagged = 0
  let study = 0
  for (const { at, beats } of calls) {
    for (const { seq, ranges, rate = 1 } of [...beats].sort((a, b) => a.seq - b.seq)) {
      if (heard.has(seq)) continue
      heard.add(seq)
      let played = 0
      for (let square = 0; square < LENGTH; square++) {
        if (!ranges.some(([from, to]) => from / 1000 <= square && square < to / 1000)) continue
        claimed.add(square)
        if (!credited.has(square) && credited.size >= at * 2 + SLACK) { flagged++; continue }
        credited.add(square)
        played++
      }
      study += Math.min(played / Math.min(2, Math.max(0.5, rate)), at - study)
    }
  }
  const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b)
  return { credited: sorted(credited), claimed: sorted(claimed), flagged, study }
}

/** What the database makes of the same calls: in a first watch of a media of its own. */
async function judged(s: Sitting, calls: Call[]): Promise<State> {
  const mediaId = await makeMedia(s.sql, LENGTH * 1000)
  await s.sql`update public.lessons set media_id = ${mediaId} where id = ${s.lesson.lessonId}`
  const { watchId } = await s.open()
  for (const { at, beats } of calls) await s.send(watchId, at, beats)
  const squares = (column: string) => s.sql.unsafe(`
    select coalesce(array_agg(square order by square), '{}') as list from generate_series(0, ${LENGTH - 1}) square
    where int4range(square * 1000, square * 1000 + 1000) <@ (${column})`).then(([row]) => row!.list as number[])
  const [watch] = await s.sql`select flagged_ms / 1000.0::float as flagged, study_ms / 1000.0::float as study,
    (select watched = credited and watched_ms = private.length_ms(credited) and progress.study_ms = watch.study_ms
      from public.lesson_progress progress where person_id = watch.person_id and media_id = watch.media_id) as agrees
    from public.watches watch where id = ${watchId}`
  expect(watch!.agrees).toBe(true)
  return {
    credited: await squares(`select credited from public.watches where id = '${watchId}'`),
    claimed: await squares(`select range_agg(claimed) from public.beats where watch_id = '${watchId}'`),
    flagged: watch!.flagged, study: watch!.study,
  }
}

const range = fc.tuple(fc.integer({ min: 0, max: LENGTH - 1 }), fc.integer({ min: 1, max: LENGTH })).map(([from, length]): Range => [from, from + length])
const forged = fc.record({
  seq: fc.integer({ min: 1, max: 30 }), ranges: fc.array(range, { maxLength: 4 }), rate: fc.constantFrom(0.25, 0.5, 1, 1.25, 2, 16),
}).map(({ seq, ranges, rate }) => beat(seq, ranges, rate))
const someForged = fc.array(forged, { minLength: 1, maxLength: 5 })
const forgedCalls = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 15 }), beats: someForged }), { minLength: 1, maxLength: 5 })
  .map((calls) => {
    let at = 0
    return calls.map(({ wait, beats }): Call => ({ at: at += wait, beats }))
  })

// Stretches as a viewer plays them: pause, seek, play at some speed; a beat when a stretch ends.
interface Played { beat: Beat, endedAt: number }
const stretch = fc.record({
  pause: fc.integer({ min: 0, max: 20 }), from: fc.integer({ min: 0, max: LENGTH - 2 }), length: fc.integer({ min: 1, max: 15 }),
  rate: fc.constantFrom(0.5, 1, 2),
})
const honest = fc.array(stretch, { minLength: 1, maxLength: 10 })
  .map((stretches) => {
    let clock = 0
    return stretches.map(({ pause, from, length, rate }, index): Played => {
      const to = Math.min(LENGTH, from + length)
      clock += pause + (to - from) / rate
      return { beat: beat(index + 101, [[from, to]], rate), endedAt: Math.ceil(clock) }
    })
  })
/** A delivery: each beat one to three times, each some time after it was played, in the order that makes. */
const delivered = honest.chain(played => fc.tuple(
  fc.constant(played),
  fc.tuple(...played.map(() => fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 3 }))),
)).map(([played, delays]) => {
  const arrivals = played.flatMap(({ beat, endedAt }, n) => delays[n]!.map(delay => ({ at: endedAt + delay, beat })))
  const calls = [...Map.groupBy(arrivals, arrival => arrival.at)].map(([at, group]): Call => ({ at, beats: group.map(one => one.beat) }))
  return { played, calls: calls.sort((a, b) => a.at - b.at) }
})
const squaresOf = (beats: Beat[]) => [...new Set(beats.flatMap(({ ranges }) => ranges.flatMap(([from, to]) =>
  Array.from({ length: (to - from) / 1000 }, (_, n) => from / 1000 + n))))].filter(square => square < LENGTH).sort((a, b) => a - b)

describe('judging', () => {
  it('agrees with the model for whatever a browser may send', sitting(s => fc.assert(
    fc.asyncProperty(forgedCalls, async (calls) => {
      expect(await judged(s, calls)).toEqual(model(calls))
    }), RUNS)), 60_000)

  it('credits honest beats whole: late, in any order and grouping, and however often they are sent', sitting(s => fc.assert(
    fc.asyncProperty(delivered, async ({ played, calls }) => {
      const state = await judged(s, calls)
      const playedSeconds = played.reduce((sum, { beat: { ranges, rate } }) => sum + (ranges[0]![1] - ranges[0]![0]) / 1000 / rate!, 0)
      expect(state).toMatchObject({ credited: squaresOf(played.map(({ beat }) => beat)), flagged: 0 })
      expect(state.study).toBeCloseTo(playedSeconds, 3)
    }), RUNS)), 60_000)

  it('credits no more than what was claimed, nor than the clock allows, honest and forged beats mixed', sitting(s => fc.assert(
    fc.asyncProperty(delivered, forgedCalls, async ({ calls }, forgeries) => {
      const mixed = [...calls, ...forgeries].sort((a, b) => a.at - b.at)
      const state = await judged(s, mixed)
      const { at } = mixed.at(-1)!
      expect(state.credited.length).toBeLessThanOrEqual(Math.min(state.claimed.length, at * 2 + SLACK))
      expect(state.claimed).toEqual(expect.arrayContaining(state.credited))
      expect(state.study).toBeLessThanOrEqual(at)
      expect(state).toEqual(model(mixed))
    }), RUNS)), 60_000)

  it('makes the same of a batch in whatever order it is written', sitting(s => fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 20 }), fc.uniqueArray(forged, { selector: ({ seq }) => seq, minLength: 2, maxLength: 8 })
      .chain(beats => fc.tuple(fc.constant(beats), fc.shuffledSubarray(beats, { minLength: beats.length }))),
    async (at, [beats, shuffled]) => {
      expect(await judged(s, [{ at, beats: shuffled }])).toEqual(await judged(s, [{ at, beats }]))
    }), RUNS)), 60_000)

  it('takes nothing back, whatever comes later', sitting(s => fc.assert(
    fc.asyncProperty(forgedCalls, someForged, async (calls, later) => {
      const before = await judged(s, calls)
      const after = await judged(s, [...calls, { at: calls.at(-1)!.at, beats: later }])
      expect(after.credited).toEqual(expect.arrayContaining(before.credited))
    }), { numRuns: 30 })), 60_000)
})
