// What the server believes of a player. The lesson is ten minutes long and wants nine watched, unless a test says otherwise.
import { describe, expect, it } from 'vitest'
import { addVideoLesson, enrol, makeMedia, makePerson, makeVideoLesson } from '../fixtures/database.ts'
import { type Sitting, beat, beatsOf, hours, moment, sitting } from '../fixtures/watching.ts'

const nothing = { facts: 0, hours: 0, milliCredits: 0 }
const once = { facts: 1, hours: 0.17, milliCredits: 200 }

describe('none of this earns', () => {
  it('a lone beat at the end of the video', sitting(async (s) => {
    const { watchId } = await s.open()
    expect(await s.send(watchId, 20, [beat(1, [[590, 600]])])).toMatchObject({ watchedMs: 10_000, completed: false, earned: null })
    expect(await s.earned()).toEqual(nothing)
  }))

  it('the whole video in the first beat', sitting(async (s) => {
    const { watchId } = await s.open()
    expect(await s.send(watchId, 10, [beat(1, [[0, 600]])])).toMatchObject({ watchedMs: 25_000, completed: false, flagged: true })
  }))

  it('a forged length', sitting(async (s) => {
    const { watchId } = await s.open()
    const short = { ...beat(1, [[0, 10]]), durationMs: 10_000, duration: 10 }
    expect(await s.send(watchId, 10, [short])).toMatchObject({ watchedMs: 10_000, durationMs: 600_000, requiredMs: 540_000, completed: false })
    expect(await s.send(watchId, 300, [beat(2, [[500, 1_000_000]])])).toMatchObject({ watchedMs: 110_000, completed: false })
  }))

  it('one half watched twice: it reads 50 %', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 300])
    const report = await s.play(watchId, [0, 300], { at: 300, seq: 21 })
    expect(report).toMatchObject({ watchedMs: 300_000, missing: [[300_000, 600_000]], completed: false, flagged: false })
  }))

  it('playing at 16×; what is too much is kept as evidence and flagged', sitting(async (s) => {
    const { watchId } = await s.open()
    const report = await s.play(watchId, [0, 600], { rate: 16 })
    expect(report).toMatchObject({ watchedMs: 80_000, completed: false, flagged: true }) // 37.5 s × 2 + 5 s
    const [kept] = await s.sql`select flagged_ms, (select range_agg(claimed) from public.beats where watch_id = id)::text as claimed
      from public.watches where id = ${watchId}`
    expect(kept).toEqual({ flagged_ms: 520_000, claimed: '{[0,600000)}' })
    expect(await s.earned()).toEqual(nothing)
  }))

  it('ten parallel watches', sitting(async (s) => {
    const ids = []
    for (let n = 0; n < 10; n++) ids.push((await s.open({ device: `电脑 ${n}` })).watchId)
    for (const [n, id] of ids.slice(0, 9).entries()) {
      await expect(s.send(id, 60, [beat(1, [[n * 60, n * 60 + 60]])])).rejects.toMatchObject({ code: 'PT409', message: 'watch_superseded' })
    }
    expect(await s.send(ids[9]!, 60, [beat(1, [[540, 600]])])).toMatchObject({ watchedMs: 60_000, completed: false })
  }))

  it('two devices: the newer takes over and is told from which, the older stops earning', sitting(async (s) => {
    const phone = await s.open({ device: '手机' })
    await s.play(phone.watchId, [0, 60])
    const desk = await s.open({ at: 60, device: '电脑' })
    expect(desk).toMatchObject({ supersededDevice: '手机', watched: [[0, 60_000]], positionMs: 60_000 })
    await expect(s.send(phone.watchId, 75, [beat(5, [[60, 75]])]))
      .rejects.toMatchObject({ message: 'watch_superseded', detail: '{"liveDevice": "电脑"}' })
    expect(await s.send(desk.watchId, 75, [beat(1, [[60, 75]])])).toMatchObject({ watchedMs: 75_000 })
    expect(await s.sql`select sum(study_ms)::integer as study from public.watches where person_id = ${s.mei.id}`).toEqual([{ study: 75_000 }])
  }))

  it('beats sent twice, in disorder, or replayed later', sitting(async (s) => {
    const { watchId } = await s.open()
    const beats = beatsOf([0, 150])
    await s.send(watchId, 150, [...beats.toReversed(), ...beats])
    for (const at of [160, 300, 600]) expect(await s.send(watchId, at, beats)).toMatchObject({ watchedMs: 150_000, completed: false })
    expect(await s.sql`select count(*) as beats, sum(study_ms)::integer as study from public.beats where watch_id = ${watchId}`)
      .toEqual([{ beats: 10, study: 150_000 }])
  }))

  it('another content under a number that was used', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.send(watchId, 15, [beat(1, [[0, 15]])])
    expect(await s.send(watchId, 600, [beat(1, [[0, 600]])])).toMatchObject({ watchedMs: 15_000 })
  }))

  it('a backdated batch: forty beats at once, each with a time of its own', sitting(async (s) => {
    const { watchId } = await s.open()
    const batch = beatsOf([0, 600]).map((one, n) => ({ ...one, at: moment(n * 15 - 600).toISOString(), receivedAt: moment(n * 15).toISOString() }))
    expect(await s.send(watchId, 10, batch)).toMatchObject({ watchedMs: 25_000, completed: false, flagged: true })
  }))

  it.each([['closed', 'watch_ended'], ['superseded', 'watch_superseded'], ['expired', 'watch_expired']])(
    'a beat after the watch was %s', (reason, code) => sitting(async (s) => {
      const { watchId } = await s.open()
      await s.play(watchId, [0, 535])
      await s.sql`update public.watches set ended_at = opened_at, end_reason = ${reason} where id = ${watchId}`
      await expect(s.send(watchId, 560, [beat(99, [[535, 560]])])).rejects.toMatchObject({ code: 'PT409', message: code })
      expect(await s.earned()).toEqual(nothing)
    })())

  it('a beat more than a day after the last one', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.send(watchId, 15, [beat(1, [[0, 15]])])
    await expect(s.send(watchId, 16 + hours(24), [beat(2, [[15, 600]])])).rejects.toMatchObject({ message: 'watch_expired' })
  }))

  it('a watch kept alive for more than seven days', sitting(async (s) => {
    const { watchId } = await s.open()
    for (let day = 1; day < 8; day++) await s.send(watchId, hours(24 * day - 1), [beat(day, [])])
    await expect(s.send(watchId, hours(24 * 7) + 1, [beat(8, [[0, 600]])])).rejects.toMatchObject({ message: 'watch_expired' })
  }))

  it('a lesson without enrolment', sitting(async (s) => {
    const other = await makeVideoLesson(s.sql)
    await expect(s.open({ lessonId: other.lessonId })).rejects.toMatchObject({ code: 'PT403', message: 'not_enrolled' })
  }))

  it('a lesson, or a course, that is not published', sitting(async (s) => {
    await s.sql`update public.lessons set status = 'withdrawn' where id = ${s.lesson.lessonId}`
    await expect(s.open()).rejects.toMatchObject({ code: 'PT404', message: 'lesson_unknown' })
    const draft = await makeVideoLesson(s.sql)
    await s.sql`update public.courses set status = 'draft' where id = ${draft.courseId}`
    await enrol(s.sql, s.mei, draft.courseId)
    await expect(s.open({ lessonId: draft.lessonId })).rejects.toMatchObject({ message: 'lesson_unknown' })
    await expect(s.open({ lessonId: 0 })).rejects.toMatchObject({ message: 'lesson_unknown' })
  }))

  it('another person\'s watch id', sitting(async (s) => {
    const { watchId } = await s.open()
    const [home] = await s.sql`select residence_unit_id as id from public.persons where id = ${s.mei.id}`
    const lan = await makePerson(s.sql, home!.id, { name: '李兰' })
    await expect(s.send(watchId, 15, [beat(1, [[0, 15]])], lan)).rejects.toMatchObject({ code: 'PT404', message: 'watch_unknown' })
    await expect(s.send('0190f0f0-0000-7000-8000-000000000000', 15, [beat(1, [[0, 15]])])).rejects.toMatchObject({ message: 'watch_unknown' })
  }))

  it('a browser whose clock is three hours off', sitting(async (s) => {
    const { watchId } = await s.open()
    for (const skew of [-3, 3]) {
      const skewed = { ...beat(10 + skew, [[0, 600]]), sentAt: moment(hours(skew)).toISOString(), clockMs: hours(3) * 1000 }
      expect(await s.send(watchId, 10, [skewed])).toMatchObject({ watchedMs: 25_000, completed: false })
    }
  }))

  it('hundreds of short watches that add up the slack', sitting(async (s) => {
    let watchedMs = 0
    for (let n = 0; n < 120; n++) {
      const { watchId } = await s.open({ at: n / 8 });
      ({ watchedMs } = await s.send(watchId, (n + 1) / 8, [beat(1, [[n * 5, n * 5 + 5]])]))
    }
    expect(watchedMs).toBe(15_000 * 2 + 5_000 - 250) // the slack of the first watch covers its own 5 s before its clock does
  }))

  it('a night of looping: hours end at one run at the slowest speed', sitting(async (s) => {
    const { watchId } = await s.open()
    for (let n = 1; n <= 72; n++) await s.send(watchId, n * 300, [beat(n, [[0, 300]])])
    await s.send(watchId, hours(6) + 300, [beat(99, [[300, 600]])])
    expect(await s.earned()).toEqual({ facts: 1, hours: 0.33, milliCredits: 200 })
  }))
})

describe('all of this earns', () => {
  const finished = { completed: true, flagged: false, earned: { milliCredits: 200 } }

  it('watching from beginning to end', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 540])
    expect(await s.earned()).toEqual({ ...once, hours: 0.15 })
  }))

  it('stalls: the picture stands, the clock runs', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 200])
    for (let n = 0; n < 4; n++) await s.send(watchId, 200 + n * 15, [beat(30 + n, [])])
    expect(await s.play(watchId, [200, 540], { at: 260, seq: 40 })).toMatchObject(finished)
  }))

  it('a lost last beat', sitting(async (s) => {
    const { watchId } = await s.open()
    expect(await s.play(watchId, [0, 540])).toMatchObject({ ...finished, watchedMs: 540_000, missing: [[540_000, 600_000]] })
  }))

  it('an old phone that sends everything twice earns once', sitting(async (s) => {
    const { watchId } = await s.open()
    for (const one of beatsOf([0, 600])) {
      for (let times = 0; times < 2; times++) await s.send(watchId, one.ranges[0]![1] / 1000, [one])
    }
    expect(await s.earned()).toEqual({ ...once, hours: 0.15 })
  }))

  it('a tunnel of five minutes: the beats come together, later', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 120])
    expect(await s.send(watchId, 421, beatsOf([120, 420], { seq: 9 }))).toMatchObject({ watchedMs: 420_000, flagged: false })
    expect(await s.play(watchId, [420, 540], { at: 421, seq: 40 })).toMatchObject(finished)
  }))

  it('playing at 1.5× and at 2×: the hours are those of the clock', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 300], { rate: 1.5 })
    expect(await s.play(watchId, [300, 540], { at: 200, rate: 2, seq: 50 })).toMatchObject(finished)
    expect(await s.earned()).toEqual({ ...once, hours: 0.09 }) // 200 s + 120 s
  }))

  it('pausing overnight and going on in the same watch', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 300])
    expect(await s.play(watchId, [300, 540], { at: hours(10), seq: 50 })).toMatchObject(finished)
    expect(await s.earned()).toEqual({ ...once, hours: 0.15 })
  }))

  it('going on after three days in a new watch, where it stopped', sitting(async (s) => {
    const first = await s.open()
    await s.play(first.watchId, [0, 300])
    const second = await s.open({ at: hours(72) })
    expect(second).toMatchObject({ positionMs: 300_000, watched: [[0, 300_000]], watchedMs: 300_000, supersededDevice: null, completed: false })
    expect(await s.play(second.watchId, [300, 540], { at: hours(72) })).toMatchObject(finished)
    expect(await s.sql`select end_reason from public.watches where id = ${first.watchId}`).toEqual([{ end_reason: 'expired' }])
  }))

  it('the media replaced after completion: the completion stays, nothing is earned twice', sitting(async (s) => {
    await s.play((await s.open()).watchId, [0, 600])
    await s.sql`update public.lessons set media_id = ${await makeMedia(s.sql, 700_000)} where id = ${s.lesson.lessonId}`
    const again = await s.open({ at: 1000 })
    expect(again).toMatchObject({ completed: true, durationMs: 700_000, watched: [] })
    expect(await s.play(again.watchId, [0, 700], { at: 1000 })).toMatchObject({ completed: true, earned: null })
    expect(await s.earned()).toEqual({ ...once, hours: 0.15 })
  }))

  it('the media replaced while someone watches: that watch goes on with what it shows', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 300])
    await s.sql`update public.lessons set media_id = ${await makeMedia(s.sql, 700_000)} where id = ${s.lesson.lessonId}`
    expect(await s.play(watchId, [300, 540], { at: 300, seq: 50 })).toMatchObject(finished)
  }))

  it('seeking back and forth, as long as it is all seen in the end', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [400, 600])
    await s.play(watchId, [100, 400], { at: 200, seq: 30 })
    expect(await s.play(watchId, [0, 120], { at: 500, seq: 60 })).toMatchObject({ watchedMs: 600_000, completed: true, flagged: false })
    expect(await s.earned()).toMatchObject({ facts: 1, milliCredits: 200 })
  }))

  it('a lesson that wants the whole video forgives the last second', sitting(async (s) => {
    const { watchId } = await s.open()
    expect(await s.send(watchId, 600, [beat(1, [[0, 599.2]])])).toMatchObject({ requiredMs: 599_000, completed: true })
  }, { share: 1 }))
})

describe('a completion', () => {
  it('says what was earned and why, and says it again when asked again', sitting(async (s) => {
    const { watchId } = await s.open()
    const report = await s.play(watchId, [0, 540])
    const [fact] = await s.sql`select id from public.participations where person_id = ${s.mei.id}`
    expect(report).toEqual({
      watchedMs: 540_000, durationMs: 600_000, requiredMs: 540_000, missing: [[540_000, 600_000]], completed: true, flagged: false,
      earned: {
        lessonTitle: '第一课 开机与关机', courseTitle: '手机使用入门', participationId: fact!.id, milliCredits: 200, minutes: 10,
        milliCreditsPerMinute: 20, ruleZh: '学完一节课', ruleEn: 'A lesson completed', balanceMilliCredits: 200, courseCompleted: true,
      },
    })
    expect(await s.send(watchId, 541, [beatsOf([0, 540]).at(-1)])).toEqual(report)
    expect(await s.send(watchId, 560, [beat(90, [[540, 560]])])).toMatchObject({ watchedMs: 560_000, completed: true, earned: null })
  }))

  it('keeps its grounds', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.play(watchId, [0, 540])
    expect(await s.sql`select grounds, completed_at from public.lesson_completions where person_id = ${s.mei.id}`).toEqual([{
      completed_at: moment(540),
      grounds: { kind: 'watched', mediaId: s.lesson.mediaId, durationMs: 600_000, requiredMs: 540_000, watchedMs: 540_000,
        ranges: [[0, 540_000]], studyMs: 540_000, watches: 1, flaggedMs: 0 },
    }])
  }))

  it('records the participation with channel, place, groups and study time', sitting(async (s) => {
    await s.play((await s.open()).watchId, [0, 540])
    expect(await s.sql`select key, kind, role, organised, channel, status, entry_source, groups, started_at, ended_at, hours, year
      from public.participations where person_id = ${s.mei.id}`).toEqual([{
      key: `lesson:${s.lesson.lessonId}:${s.mei.id}`, kind: 'self_study', role: 'learner', organised: false, channel: 'wechat_h5',
      status: 'attended', entry_source: 'self', groups: ['elderly', 'resident'], started_at: moment(0), ended_at: moment(540), hours: '0.15', year: 2026,
    }])
  }))

  it('of a micro-lecture goes by its own rule', sitting(async (s) => {
    const report = await s.play((await s.open()).watchId, [0, 540])
    expect(report.earned).toMatchObject({ ruleEn: 'A micro-lecture completed' })
  }, { kind: 'micro_lecture' }))

  it('of the last published lesson completes the course', sitting(async (s) => {
    const second = await addVideoLesson(s.sql, s.lesson.courseId, { position: 2 })
    const withdrawn = await addVideoLesson(s.sql, s.lesson.courseId, { position: 3 })
    await s.sql`update public.lessons set status = 'withdrawn' where id = ${withdrawn.lessonId}`
    expect((await s.play((await s.open()).watchId, [0, 540])).earned).toMatchObject({ courseCompleted: false, balanceMilliCredits: 200 })
    const { watchId } = await s.open({ at: 600, lessonId: second.lessonId })
    expect((await s.play(watchId, [0, 540], { at: 600 })).earned).toMatchObject({ courseCompleted: true, balanceMilliCredits: 400 })
    expect(await s.sql`select completed_at from public.enrolments where person_id = ${s.mei.id}`).toEqual([{ completed_at: moment(1140) }])
  }))

  it('does not reach back into the year before', sitting(async (s) => {
    const newYear = (Date.parse('2027-01-01T00:00:00+08:00') - moment(0).getTime()) / 1000
    const first = await s.open({ at: newYear - hours(48) })
    await s.play(first.watchId, [0, 300], { at: newYear - hours(48) })
    const second = await s.open({ at: newYear + hours(8) })
    await s.play(second.watchId, [300, 540], { at: newYear + hours(8) })
    expect(await s.sql`select year, hours, ended_at - started_at = interval '540 seconds' as spans_study
      from public.participations where person_id = ${s.mei.id}`).toEqual([{ year: 2027, hours: '0.15', spans_study: true }])
  }))
})

describe('a player', () => {
  it('goes on where the last beat left it, which a late one does not pull back', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.send(watchId, 30, [beat(2, [[15, 30]])])
    await s.send(watchId, 31, [beat(1, [[0, 15]])])
    expect(await s.open({ at: 40 })).toMatchObject({ positionMs: 30_000, watched: [[0, 30_000]] })
  }))

  it('may send a position without ranges, ranges without a rate, and lengths beyond the end', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.send(watchId, 15, [{ seq: 1, ranges: [], positionMs: 900_000 }, { seq: 2, ranges: [[595_000, 600_500], [600_000.4, 600_001]] }])
    expect(await s.open({ at: 40 })).toMatchObject({ positionMs: 600_000, watched: [[595_000, 600_000]] })
  }))

  const good = { seq: 1, ranges: [[0, 1000]] }
  it.each([
    ['nothing', null],
    ['an object', {}],
    ['no beat', []],
    ['101 beats', Array.from({ length: 101 }, (_, n) => ({ ...good, seq: n + 1 }))],
    ['a number for a beat', [7]],
    ['a beat without a number', [{ ranges: [] }]],
    ['sequence 0', [{ ...good, seq: 0 }]],
    ['half a sequence number', [{ ...good, seq: 1.5 }]],
    ['a sequence number as text', [{ ...good, seq: '1' }]],
    ['sequence 50001', [{ ...good, seq: 50_001 }]],
    ['no ranges', [{ seq: 1 }]],
    ['201 ranges', [{ seq: 1, ranges: Array.from({ length: 201 }, (_, n) => [n * 10, n * 10 + 5]) }]],
    ['a negative start', [{ seq: 1, ranges: [[-1, 5]] }]],
    ['an empty range', [{ seq: 1, ranges: [[5, 5]] }]],
    ['a range that runs back', [{ seq: 1, ranges: [[9, 5]] }]],
    ['NaN, which JSON makes null', [{ seq: 1, ranges: [[0, Number.NaN]] }]],
    ['NaN as text', [{ seq: 1, ranges: [[0, 'NaN']] }]],
    ['three numbers', [{ seq: 1, ranges: [[0, 5, 9]] }]],
    ['a flat list', [{ seq: 1, ranges: [0, 5] }]],
    ['a range as an object', [{ seq: 1, ranges: [{ from: 0, to: 5 }] }]],
    ['a rate as text', [{ ...good, rate: '2' }]],
    ['one bad beat behind a good one', [good, { seq: 2, ranges: [[9, 5]] }]],
  ])('is refused %s, and nothing is half done', (_what, beats) => sitting(async (s) => {
    const { watchId } = await s.open()
    await expect(s.send(watchId, 15, beats)).rejects.toMatchObject({ code: 'PT422', message: 'beats_invalid' })
    expect(await s.sql`select from public.beats where watch_id = ${watchId}`).toHaveLength(0)
    expect(await s.sql`select watched_ms from public.lesson_progress where person_id = ${s.mei.id}`).toEqual([{ watched_ms: 0 }])
  })())

  it('may send any number that JSON can write', sitting(async (s) => {
    const { watchId } = await s.open()
    await s.sql.savepoint(sql => sql`select private.send_beats_at(${s.mei.id}, ${watchId},
      '[{"seq": 1, "rate": 1e300, "positionMs": -1e300, "ranges": [[0.4, 1e300]]}]'::text::jsonb, ${moment(2)})`)
    expect(await s.sql`select rate, claimed::text from public.beats where watch_id = ${watchId}`).toEqual([{ rate: '2.00', claimed: '{[0,600000)}' }])
  }))

  it('is refused a progress of thousands of pieces', sitting(async (s) => {
    const { watchId } = await s.open()
    const shreds = (n: number) => ({ seq: n + 1, ranges: Array.from({ length: 200 }, (_, k) => [(n * 200 + k) * 20, (n * 200 + k) * 20 + 10]) })
    await s.send(watchId, 600, Array.from({ length: 10 }, (_, n) => shreds(n)))
    await expect(s.send(watchId, 601, [shreds(10)])).rejects.toMatchObject({ message: 'beats_invalid', detail: '{"reason": "too_many_pieces"}' })
  }))
})

describe('through the public functions', () => {
  const open = (s: Sitting, who = s.mei.account, device: string | null = '手机', channel = 'web', lessonId = s.lesson.lessonId) =>
    s.as(who, async sql => (await sql`select public.open_watch(${lessonId}, ${device}, ${channel}) as watch`)[0]!.watch)
  const send = (s: Sitting, watchId: string, beats: unknown, who = s.mei.account) =>
    s.as(who, async sql => (await sql`select public.send_beats(${watchId}, ${sql.json(beats as never)}) as report`)[0]!.report)

  it('a watch is opened, watched and closed; closing again is fine', sitting(async (s) => {
    const { watchId } = await open(s)
    expect(await send(s, watchId, [beat(1, [[0, 4]])])).toMatchObject({ watchedMs: 4000, completed: false })
    for (let times = 0; times < 2; times++) await s.as(s.mei.account, sql => sql`select public.close_watch(${watchId})`)
    await expect(send(s, watchId, [beat(2, [[4, 5]])])).rejects.toMatchObject({ message: 'watch_ended' })
  }))

  it('the device and the channel are named', sitting(async (s) => {
    for (const device of ['', null, '长'.repeat(81)]) await expect(open(s, s.mei.account, device)).rejects.toMatchObject({ code: 'PT422', message: 'device_invalid' })
    await expect(open(s, s.mei.account, '手机', 'group')).rejects.toMatchObject({ code: 'PT422', message: 'channel_invalid' })
  }))

  it('a beat is not waited for on disk, a completion is', sitting(async (s) => {
    const durability = async () => (await s.sql`select current_setting('synchronous_commit') as it`)[0]!.it
    const { watchId } = await open(s)
    await s.sql`update public.watches set opened_at = now() - interval '10 minutes' where id = ${watchId}`
    await s.sql`set local synchronous_commit to on`
    expect(await send(s, watchId, [beat(1, [[0, 540]])])).toMatchObject({ completed: true })
    expect(await durability()).toBe('on')
    await send(s, watchId, [beat(2, [[540, 550]])])
    expect(await durability()).toBe('off')
  }))

  it('visitors, and accounts that have not said who they are, are refused', sitting(async (s) => {
    const { watchId } = await open(s)
    const [stranger] = await s.sql`insert into identity.accounts (email, username) values ('stranger', 'stranger') returning id`
    const calls = [(who: string) => open(s, who), (who: string) => send(s, watchId, [beat(1, [[0, 1]])], who),
      (who: string) => s.as(who, sql => sql`select public.close_watch(${watchId})`),
      (who: string) => s.as(who, sql => sql`select public.open_reading(1)`), (who: string) => s.as(who, sql => sql`select public.finish_reading(1)`)]
    for (const call of calls) {
      await expect(call('anon')).rejects.toMatchObject({ code: '42501' })
      await expect(call(stranger!.id)).rejects.toMatchObject({ code: 'PT403', message: 'introduction_needed' })
    }
  }))

  it('another person can neither send to a watch, nor close it, nor read of it', sitting(async (s) => {
    const { watchId } = await open(s)
    await send(s, watchId, [beat(1, [[0, 4]])])
    const [home] = await s.sql`select residence_unit_id as id from public.persons where id = ${s.mei.id}`
    const lan = await makePerson(s.sql, home!.id, { name: '李兰' })
    await expect(send(s, watchId, [beat(2, [[4, 5]])], lan.account)).rejects.toMatchObject({ code: 'PT404' })
    await expect(s.as(lan.account, sql => sql`select public.close_watch(${watchId})`)).rejects.toMatchObject({ code: 'PT404', message: 'watch_unknown' })
    for (const table of ['watches', 'beats', 'lesson_progress']) {
      expect(await s.as(s.mei.account, sql => sql`select from public.${sql(table)}`), table).toHaveLength(1)
      expect(await s.as(lan.account, sql => sql`select from public.${sql(table)}`), table).toHaveLength(0)
    }
  }))

  it.each([
    `insert into public.lesson_completions (person_id, lesson_id, grounds) values (1, 1, '{}')`,
    `update public.watches set credited = '{[0,600000)}'`,
    `update public.lesson_progress set watched_ms = 600000`,
    `insert into public.beats select * from public.beats`,
    `update public.readings set opened_at = now() - interval '1 day'`,
    `select private.send_beats_at(1, gen_random_uuid(), '[]', now())`,
    `select private.complete_lesson(1, 1, '{}', now(), now(), 0, 0, 'web')`,
    `select private.post_credit('x', 1, 'lesson_completed', 600)`,
    `select private.record_participation('x:1', 1, 1, now(), now(), 9, 'web')`,
  ])(
    'an account cannot %s', statement => sitting(s =>
      expect(s.as(s.mei.account, sql => sql.unsafe(statement))).rejects.toMatchObject({ code: '42501' }))())
})

it('a person who finished a withdrawn course\'s other lessons may finish the rest', sitting(async (s) => {
  await s.sql`update public.courses set status = 'withdrawn' where id = ${s.lesson.courseId}`
  expect(await s.open()).toMatchObject({ completed: false })
  const [home] = await s.sql`select residence_unit_id as id from public.persons where id = ${s.mei.id}`
  const lan = await makePerson(s.sql, home!.id)
  await expect(s.as(lan.account, sql => sql`select public.open_watch(${s.lesson.lessonId}, '手机', 'web')`)).rejects.toMatchObject({ code: 'PT404' })
}))
