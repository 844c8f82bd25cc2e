// Real connections at the same moment. What these tests make stays, so each has a county and people of its own.
import { describe, expect, it } from 'vitest'
import {
  type Lesson, type Network, type Person, addVideoLesson, committedAs, enrol, makeNetwork, makePerson, makeVideoLesson, pool, rest, drain, servedPool,
} from '../fixtures/database.ts'
import { figuresThatLie } from '../fixtures/plain-count.ts'
import { beat } from '../fixtures/watching.ts'

const times = <T>(count: number, run: (n: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, n) => run(n)))
const open = (who: Person, lesson: { lessonId: number }, device = '手机') => committedAs(who.account, async sql =>
  (await sql`select public.open_watch(${lesson.lessonId}, ${device}, 'web') as watch`)[0]!.watch as { watchId: string })
const send = (who: Person, watchId: string, beats: unknown) => committedAs(who.account, async sql =>
  (await sql`select public.send_beats(${watchId}, ${sql.json(beats as never)}) as report`)[0]!.report)
/** Opens the lesson a minute ago and sends all of it. */
async function finish(who: Person, lesson: { lessonId: number }): Promise<void> {
  const { watchId } = await open(who, lesson)
  await pool`update public.watches set opened_at = opened_at - interval '1 minute' where id = ${watchId}`
  await send(who, watchId, [beat(1, [[0, 2]])])
}

/** A lesson of two seconds, which the slack lets anyone finish at once, and a person enrolled. */
async function scene(people = 1, sql = pool): Promise<{ places: Network, lesson: Lesson, mei: Person, all: Person[] }> {
  const places = await makeNetwork(sql)
  const lesson = await makeVideoLesson(sql, { durationMs: 2000, minutes: 1 })
  const all = await times(people, n => makePerson(sql, n % 2 ? places.orchard : places.willow))
  for (const person of all) await enrol(sql, person, lesson.courseId)
  return { places, lesson, mei: all[0]!, all }
}
const persons = async (unitId: number) => {
  await drain(pool)
  return (await pool`select persons, person_times from public.coverage_cells cell join public.metric_slices slice on slice.id = cell.slice_id
    where unit_id = ${unitId} and axis = 0 and view_id = 1 and slice.code = 'resident'`)[0]
}
const ownRows = async (who: Person) => (await pool`select
  (select count(*) from public.lesson_completions where person_id = ${who.id}) as completions,
  (select count(*) from public.participations where person_id = ${who.id}) as participations,
  (select count(*) from public.credit_postings where person_id = ${who.id}) as postings,
  private.available_credits(${who.id}) as balance`)[0]

describe('at the same moment', () => {
  it('ten devices open the lesson: exactly one watch lives', async () => {
    const { mei, lesson } = await scene()
    const opened = await times(10, n => open(mei, lesson, `电脑 ${n}`))
    const live = await pool`select id from public.watches where person_id = ${mei.id} and ended_at is null`
    expect(live).toHaveLength(1)
    expect(opened.map(({ watchId }) => watchId)).toContain(live[0]!.id)
    expect(await pool`select sum(slack_ms)::integer as slack from public.watches where person_id = ${mei.id}`).toEqual([{ slack: 5000 }])
    const overlapping = await pool`
      select from public.watches one join public.watches other on other.person_id = one.person_id and other.id <> one.id
        and tstzrange(one.opened_at, one.ended_at) && tstzrange(other.opened_at, other.ended_at)
      where one.person_id = ${mei.id}`
    expect(overlapping).toHaveLength(0)
  })

  it('eight connections send the same beat: it counts once', async () => {
    const { mei, lesson } = await scene()
    const { watchId } = await open(mei, lesson)
    const reports = await times(8, () => send(mei, watchId, [{ seq: 1, ranges: [[0, 1000]] }]))
    for (const report of reports) expect(report).toMatchObject({ watchedMs: 1000, completed: false })
    expect(await pool`select seq from public.beats where watch_id = ${watchId}`).toEqual([{ seq: 1 }])
  })

  it('eight connections send eight beats: none is lost', async () => {
    const { mei, lesson } = await scene()
    const { watchId } = await open(mei, lesson)
    await times(8, n => send(mei, watchId, [{ seq: n + 1, ranges: [[n * 200, n * 200 + 200]] }]))
    expect(await pool`select watched::text from public.lesson_progress where person_id = ${mei.id}`).toEqual([{ watched: '{[0,1600)}' }])
  })

  it('eight calls complete the lesson: one participation, one posting, one person counted, one answer', async () => {
    const { mei, lesson, places } = await scene()
    const { watchId } = await open(mei, lesson)
    const reports = await times(8, () => send(mei, watchId, [beat(1, [[0, 2]])]))
    expect(await ownRows(mei)).toEqual({ completions: 1, participations: 1, postings: 1, balance: 20 })
    for (const unit of [places.willow, places.township, places.county]) expect(await persons(unit)).toMatchObject({ persons: 1, person_times: 1 })
    expect(new Set(reports.map(report => JSON.stringify(report))).size).toBe(1)
    expect(reports[0]).toMatchObject({ completed: true, earned: { balanceMilliCredits: 20 } })
  })

  it('beats and takeovers of one person cross: the late ones are refused, nothing locks up', async () => {
    const { mei, lesson } = await scene()
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, async () => {
      const { watchId } = await open(mei, lesson)
      return send(mei, watchId, [beat(1, [[0, 2]])])
    }))
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ message: 'watch_superseded' })
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
    await finish(mei, lesson)
    expect(await ownRows(mei)).toMatchObject({ participations: 1, postings: 1 })
  })

  it('twelve neighbours finish: twelve are counted, at every unit above', async () => {
    const { lesson, places, all } = await scene(12)
    await times(12, n => finish(all[n]!, lesson))
    expect((await persons(places.willow))!.persons).toBe(6)
    for (const unit of [places.township, places.county]) expect((await persons(unit))!.persons).toBe(12)
  })

  it('two lessons of one person are finished through two connections: the person counts once', async () => {
    const { mei, lesson, places } = await scene()
    const second = await addVideoLesson(pool, lesson.courseId, { durationMs: 2000, minutes: 1, position: 2 })
    await Promise.allSettled([finish(mei, lesson), finish(mei, second)]) // one may be superseded before its beat
    await finish(mei, lesson)
    await finish(mei, second)
    expect(await persons(places.county)).toMatchObject({ persons: 1, person_times: 2 })
    expect(await pool`select completed_at is not null as done from public.enrolments where person_id = ${mei.id}`).toEqual([{ done: true }])
  })

  it('eight events of one person are recorded by different domains: the person counts once, each event once', async () => {
    const { mei, lesson, places } = await scene()
    // With their credits: what a file leaves behind is a ledger without faults.
    await times(8, n => pool`select private.post_credit(${`event:${n}:${mei.id}`}, fact.id, 'lesson_completed', 1)
      from (select private.record_participation(${`event:${n}:${mei.id}`}, ${mei.id}, ${lesson.lessonId}, now() - interval '1 minute', now(), 1, 'onsite') as id) fact`)
    expect(await persons(places.county)).toEqual({ persons: 1, person_times: 8 })
    expect(await figuresThatLie(pool)).toEqual([])
  })

  it('villages move while people finish: every figure is still that of the facts', async () => {
    const { lesson, places, all } = await scene(10)
    await Promise.all([
      times(10, n => finish(all[n]!, lesson)),
      (async () => {
        for (const parent of [places.otherTownship, places.township, places.otherTownship, places.township, places.otherTownship]) {
          await pool`update public.units set parent_id = ${parent} where id = ${places.willow}`
        }
      })(),
    ])
    expect((await persons(places.otherTownship))!.persons).toBe(5)
    expect(await figuresThatLie(pool)).toEqual([])
  })
})

it('PostgREST passes the answers and the refusals on', async () => {
  const { mei, lesson, places } = await scene(1, servedPool)
  const { lessonId } = lesson
  const opened = await rest(mei.account, 'open_watch', { lesson_id: lessonId, device: '手机', channel: 'wechat_h5' })
  expect(opened).toEqual({ status: 200, body: {
    watchId: expect.any(String), mediaId: lesson.mediaId, durationMs: 2000, positionMs: 0, watched: [], missing: [[0, 2000]], watchedMs: 0, requiredMs: 1800,
    requiredShare: 0.9, completed: false, supersededDevice: null,
  } })
  const { watchId } = opened.body as { watchId: string }
  expect(await rest(mei.account, 'send_beats', { watch_id: watchId, beats: [beat(1, [[0, 2]])] }))
    .toMatchObject({ status: 200, body: { watchedMs: 2000, missing: [], completed: true, earned: { milliCredits: 20 } } })
  expect(await rest(mei.account, 'send_beats', { watch_id: watchId, beats: [] })).toMatchObject({ status: 422, body: { message: 'beats_invalid' } })
  expect(await rest(mei.account, 'close_watch', { watch_id: watchId })).toEqual({ status: 204, body: null })
  expect(await rest(mei.account, 'send_beats', { watch_id: watchId, beats: [beat(2, [[0, 2]])] })).toMatchObject({ status: 409, body: { message: 'watch_ended' } })
  const lan = await makePerson(servedPool, places.willow, { name: '李兰' })
  expect(await rest(lan.account, 'open_watch', { lesson_id: lessonId, device: '手机', channel: 'web' }))
    .toMatchObject({ status: 403, body: { message: 'not_enrolled' } })
  expect(await rest('anon', 'open_watch', { lesson_id: lessonId, device: '手机', channel: 'web' })).toMatchObject({ status: 401 })
  expect(await rest(mei.account, 'open_reading', { lesson_id: lessonId })).toMatchObject({ status: 404, body: { message: 'lesson_unknown' } })
})
