// A text of 1,200 characters takes four minutes to read; a quarter of that, one minute, must have passed.
import { describe, expect, it } from 'vitest'
import { addTextLesson, makeCourse, enrol } from '../fixtures/database.ts'
import { type Sitting, moment, sitting } from '../fixtures/watching.ts'

interface Reading { completed: boolean, secondsLeft: number, earned?: Record<string, unknown> }

const open = (s: Sitting, lessonId: number, at: number) =>
  s.call<Reading>(sql => sql`select private.open_reading_at(${s.mei.id}, ${lessonId}, ${moment(at)}) as result`)
const finish = (s: Sitting, lessonId: number, at: number) =>
  s.call<Reading>(sql => sql`select private.finish_reading_at(${s.mei.id}, ${lessonId}, 'web', ${moment(at)}) as result`)

const reading = (test: (s: Sitting, textId: number) => Promise<unknown>, length = 1200) =>
  sitting(async s => test(s, await addTextLesson(s.sql, s.lesson.courseId, { length, position: 2 })))

describe('reading a text', () => {
  it('earns when it is finished, with the time it took', reading(async (s, textId) => {
    expect(await open(s, textId, 0)).toEqual({ completed: false, secondsLeft: 60 })
    expect(await finish(s, textId, 180)).toMatchObject({ completed: true, secondsLeft: 0, earned: { milliCredits: 100, minutes: 5, courseCompleted: false } })
    expect(await s.earned()).toEqual({ facts: 1, hours: 0.05, milliCredits: 100 })
  }))

  it('finished too fast is told how long is left, and may be finished then', reading(async (s, textId) => {
    await open(s, textId, 0)
    await expect(finish(s, textId, 20.5)).rejects.toMatchObject({ code: 'PT409', message: 'read_too_fast', detail: '{"secondsLeft": 40}' })
    expect(await open(s, textId, 30)).toEqual({ completed: false, secondsLeft: 30 })
    expect(await finish(s, textId, 60)).toMatchObject({ completed: true })
  }))

  it('a short text is read sooner, a long one within a minute', reading(async (s, textId) => {
    expect(await open(s, textId, 0)).toMatchObject({ secondsLeft: 5 })
    const long = await addTextLesson(s.sql, s.lesson.courseId, { length: 90_000, position: 3 })
    expect(await open(s, long, 0)).toMatchObject({ secondsLeft: 60 })
  }, 100))

  it('finished again changes nothing and answers the same', reading(async (s, textId) => {
    await open(s, textId, 0)
    const first = await finish(s, textId, 100)
    expect(await finish(s, textId, 200)).toEqual(first)
    expect(await open(s, textId, 300)).toEqual({ completed: true, secondsLeft: 0 })
    expect(await s.earned()).toMatchObject({ facts: 1, milliCredits: 100 })
  }))

  it('left open for a week counts the time the text takes', reading(async (s, textId) => {
    await open(s, textId, 0)
    await finish(s, textId, 7 * 86_400)
    expect(await s.earned()).toMatchObject({ hours: 0.07 }) // four minutes
  }))

  it('ten texts opened together are read one after the other', reading(async (s, textId) => {
    const texts = [textId]
    for (let n = 0; n < 9; n++) texts.push(await addTextLesson(s.sql, s.lesson.courseId, { position: n + 3 }))
    for (const text of texts) await open(s, text, 0)
    await finish(s, texts[0]!, 60)
    for (const text of texts.slice(1)) await expect(finish(s, text, 61)).rejects.toMatchObject({ message: 'read_too_fast', detail: '{"secondsLeft": 59}' })
    await finish(s, texts[1]!, 120)
    expect(await s.earned()).toMatchObject({ facts: 2, hours: 0.04 })
  }))

  it('must be opened first, enrolled, and be a text', reading(async (s, textId) => {
    await expect(finish(s, textId, 0)).rejects.toMatchObject({ code: 'PT409', message: 'reading_not_opened' })
    await expect(open(s, s.lesson.lessonId, 0)).rejects.toMatchObject({ code: 'PT404', message: 'lesson_unknown' })
    const other = await addTextLesson(s.sql, (await makeCourse(s.sql)).courseId)
    await expect(open(s, other, 0)).rejects.toMatchObject({ code: 'PT403', message: 'not_enrolled' })
    await expect(finish(s, other, 0)).rejects.toMatchObject({ code: 'PT403', message: 'not_enrolled' })
  }))

  it('completes a course of texts alone', reading(async (s) => {
    const { courseId } = await makeCourse(s.sql)
    const text = await addTextLesson(s.sql, courseId)
    await enrol(s.sql, s.mei, courseId)
    await open(s, text, 0)
    expect(await finish(s, text, 90)).toMatchObject({ earned: { courseCompleted: true } })
  }))

  it('goes through the public functions, at the time of the server', reading(async (s, textId) => {
    const call = (name: string) => s.as(s.mei.account, async sql => (await sql`select ${sql(`public.${name}`)}(${textId}) as result`)[0]!.result)
    expect(await call('open_reading')).toMatchObject({ secondsLeft: 60 })
    await expect(call('finish_reading')).rejects.toMatchObject({ message: 'read_too_fast' })
    await s.sql`update public.readings set opened_at = opened_at - interval '2 minutes' where person_id = ${s.mei.id}`
    expect(await call('finish_reading')).toMatchObject({ completed: true, earned: { milliCredits: 100 } })
    expect(await s.as(s.mei.account, sql => sql`select lesson_id from public.readings`)).toEqual([{ lesson_id: textId }])
  }))
})
