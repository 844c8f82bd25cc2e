import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import type { CreditSaid } from '../../shared/types/credits.ts'
import { formatCredits } from '../../shared/utils/format.ts'
import { ask, figuresAreFolded, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
let cookie: string
let other: string
let video: { id: number, slug: string, course: string }

beforeAll(async () => {
  sql = portalSql()
  cookie = await signedIn(sql, { phone: '13900000001' })
  other = await signedIn(sql, { phone: '13900000003' })
  // A course that the demo's history left alone, so that finishing it earns something.
  ;[video] = await sql`
    select lesson.id::integer, lesson.slug, course.slug as course from lessons lesson join courses course on course.id = lesson.course_id
    where course.kind = 'micro_lecture' and lesson.kind = 'video' and not exists (
      select from lesson_completions done join identity.accounts account on account.person_id = done.person_id
      where done.lesson_id = lesson.id and account.phone_lookup in ${sql(['13900000001', '13900000003'].map(lookupOf))})
    order by lesson.id limit 1` as unknown as [typeof video]
})
afterAll(() => sql.end())

const enrol = (as: string) => ask(`/api/courses/${video.course}/enrolment`, { method: 'POST', cookie: as, body: {} })
const open = (as?: string) => ask<{ watchId: string, durationMs: number, code?: string }>(`/api/lessons/${video.id}/watch`, { method: 'POST', cookie: as, body: {} })
const send = (watchId: string, beats: unknown, as = cookie) => ask<{ completed: boolean, earned: Record<string, unknown> | null, code?: string }>(`/api/watches/${watchId}/beats`, { method: 'POST', cookie: as, body: { beats } })
const ahead = async (as?: string) => (await ask<{ credit: CreditSaid | null }>(`/api/courses/${video.course}/${video.slug}`, { cookie: as })).body.credit
const personOf = async (phone: string) => (await sql`select person_id from identity.accounts where phone_lookup = ${lookupOf(phone)}`)[0]!.person_id as string

it('a visitor watches nothing for credit', async () => {
  expect(await open()).toMatchObject({ status: 401, body: { code: 'sign_in_needed' } })
})

it('a lesson is watched only by who is enrolled', async () => {
  await sql`delete from enrolments where person_id = ${await personOf('13900000001')} and course_id = (select course_id from lessons where id = ${video.id})`
  expect(await open(cookie)).toMatchObject({ status: 403, body: { code: 'not_enrolled' } })
  expect((await enrol(cookie)).status).toBe(200)
  expect((await open(cookie)).status).toBe(200)
})

describe('what would be earned', () => {
  it('is said to visitors as it holds for everybody, on lessons, courses and in lists, in their language', async () => {
    expect(await ahead()).toMatchObject({ isEarned: false, headline: expect.stringMatching(/^学完这节课 \d+ 分钟，得 [\d.]+ 学分$/), notes: ['每学 50 分钟得 1 学分。'] })
    const english = await ask<{ credit: CreditSaid }>(`/api/courses/${video.course}`, { headers: { cookie: 'lang=en' } })
    expect(english.body.credit).toMatchObject({ headline: expect.stringMatching(/^Finish this course, .+ and earn [\d.]+ credits$/) })
    const { body: { courses } } = await ask<{ courses: { credit: string }[] }>('/api/micro-lectures')
    expect(courses.length).toBeGreaterThan(1)
    for (const { credit } of courses) expect(credit).toMatch(/^得 [\d.]+ 学分$/)
  })

  it('is the reader’s own to whoever is signed in, in lists too', async () => {
    const [done] = await sql`
      select course.slug from lesson_completions done join lessons lesson on lesson.id = done.lesson_id join courses course on course.id = lesson.course_id and course.kind = 'micro_lecture'
      where done.person_id = ${await personOf('13900000001')} and course.status = 'published' limit 1`
    const { body: { courses } } = await ask<{ courses: { slug: string, credit: string }[] }>('/api/micro-lectures', { cookie })
    expect(courses.find(({ slug }) => slug === video.course)?.credit ?? '得 ').toMatch(/^得 /)
    if (done) expect((await ask<{ credit: CreditSaid }>(`/api/courses/${done.slug}`, { cookie })).body.credit).toMatchObject({ isEarned: true })
  })
})

describe('a watch through the API', () => {
  it('refuses forged beats and another person\'s watch', async () => {
    const { body: { watchId } } = await open(cookie)
    for (const beats of [[], [{ seq: 0, ranges: [], rate: 1, positionMs: 0 }], [{ seq: 1, ranges: [[5, 'x']], rate: 1, positionMs: 0 }], [{ seq: 1, ranges: [[0, 1000]], rate: 16, positionMs: 0 }], 'all of it'])
      expect(await send(watchId, beats)).toMatchObject({ status: 422, body: { code: 'beats_invalid' } })
    expect(await send(watchId, [{ seq: 1, ranges: [[0, 1000]], rate: 1, positionMs: 1000 }], other)).toMatchObject({ status: 404, body: { code: 'watch_unknown' } })
    expect((await send('not-a-watch', [])).status).toBe(404)
  })

  it('does not complete a lesson at once, and does when the clock allows it, in one transaction with credit, and in every figure within five seconds', async () => {
    await enrol(cookie)
    const person = await personOf('13900000001')
    const year = Number(new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 4))
    const balance = async () => Number((await sql`select private.available_credits(${person}) as milli`)[0]!.milli)
    const learntAbove = async () => Number((await sql`
      select cell.seconds from coverage_cells cell join units root on root.id = cell.unit_id and root.parent_id is null
      join metric_slices slice on slice.id = cell.slice_id and slice.code = 'resident'
      where cell.year = ${year} and cell.axis = 0 and cell.view_id = 1`)[0]!.seconds)
    await figuresAreFolded(sql)
    const [before, learntBefore] = [await balance(), await learntAbove()]

    const said = await ahead(cookie)
    expect(said).toMatchObject({ isEarned: false, headline: expect.stringContaining('学完这节课') })

    const { body: { watchId, durationMs } } = await open(cookie)
    const whole = [{ seq: 1, ranges: [[0, durationMs]], rate: 1, positionMs: durationMs }]
    expect((await send(watchId, whole)).body).toMatchObject({ completed: false })

    // The clock moves on, as it would for somebody who watched.
    await sql`update watches set opened_at = opened_at - ${durationMs + 1000} * interval '1 millisecond' where id = ${watchId}`
    const done = await send(watchId, [{ seq: 2, ranges: [[0, durationMs]], rate: 1, positionMs: durationMs }])
    expect(done.body).toMatchObject({ completed: true, earned: { courseCompleted: true } })
    const earned = Number(done.body.earned!.milliCredits)
    expect(earned).toBeGreaterThan(0)
    expect(await balance()).toBe(before + earned)
    expect(said!.headline).toContain(`得 ${formatCredits(earned)} 学分`)
    expect(await ahead(cookie)).toMatchObject({ isEarned: true, headline: expect.stringContaining(`这节课您已经得过学分：${formatCredits(earned)} 学分`), notes: [] })
    expect((await ask<{ credit: CreditSaid }>(`/api/courses/${video.course}`, { cookie })).body.credit).toMatchObject({ isEarned: true, brief: `已得 ${formatCredits(earned)} 学分` })
    await expect.poll(learntAbove, { timeout: 5000 }).toBeGreaterThan(learntBefore)
    expect(await sql`select from participations where person_id = ${person} and lesson_id = ${video.id} and corrects is null`).toHaveLength(1)

    // Once more changes nothing.
    await send(watchId, [{ seq: 3, ranges: [[0, durationMs]], rate: 1, positionMs: durationMs }])
    expect(await balance()).toBe(before + earned)
  })
})

describe('a text lesson', () => {
  it('completes only after the time it takes to read', async () => {
    const [text] = await sql`
      select lesson.id::integer, course.slug as course from lessons lesson join courses course on course.id = lesson.course_id
      where lesson.kind = 'text' and not exists (select from lesson_completions done where done.lesson_id = lesson.id and done.person_id = ${await personOf('13900000003')})
      order by lesson.id limit 1`
    await ask(`/api/courses/${text!.course}/enrolment`, { method: 'POST', cookie: other, body: {} })
    const end = () => ask<{ code?: string, details?: { secondsLeft: number } }>(`/api/lessons/${text!.id}/reading-end`, { method: 'POST', cookie: other, body: {} })
    const early = await end()
    expect(early).toMatchObject({ status: 409, body: { code: 'read_too_fast' } })
    expect(early.body.details!.secondsLeft).toBeGreaterThan(0)
    await sql`update readings set opened_at = opened_at - interval '10 minutes' where lesson_id = ${text!.id}`
    expect((await end()).status).toBe(200)
    expect(await sql`select from lesson_completions where lesson_id = ${text!.id} and person_id = ${await personOf('13900000003')}`).toHaveLength(1)
  })
})

it.each(['/api/courses/no-such-course', '/api/courses/spot-the-scam/no-such-lesson', '/api/courses/%00', '/api/courses/..%2F..%2Fetc'])('%s is not found', async (path) => {
  expect(await ask(path)).toMatchObject({ status: 404, body: { code: expect.any(String), message: expect.any(String) } })
})

it.each(['category=no_such', 'page=0', 'page=x', 'audience=%27%3B--'])('the catalogue answers %s without failing', async (query) => {
  expect((await ask(`/api/courses?${query}`)).status).toBeLessThan(500)
})
