// What is said before somebody joins is what is posted when they have finished: whatever the rules, caps and history are.
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { addTextLesson, addVideoLesson, type As, enrol, makeCourse, makeNetwork, makePerson, makeVideoLesson, type Person, type pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

const RUNS = Math.ceil(Number(process.env.LINXUE_MODEL_RUNS ?? 200) / 2)
const RULES = { course: 'lesson_completed', micro_lecture: 'micro_lecture_completed' } as const
type Kind = keyof typeof RULES

interface Bundle {
  rule: string, day: string, isToday: boolean, minutes: number, events: number, basis: 'minutes' | 'event' | null, wholeMilliCredits: number, milliCredits: number
  milliPoints: number, outcome: string, reason: string | null, caps: { period: string, amount: number }[]
}
interface Ahead { slug: string, personal: boolean, lessons: number, done: number, earned: number, ahead: Bundle[] }

const aheadOf = (who: string, as: As, slugs: string[], lesson: string | null = null) => as(who, one => one<Ahead[]>`
  select course_slug as slug, is_personal as personal, lessons, done, earned_milli_credits as earned, ahead from public.credit_ahead(${slugs}, ${lesson}) order by course_slug`)
/** As the server asks for a visitor. */
const aheadOfAll = (sql: Transaction, slugs: string[]) => sql.savepoint(async (one) => {
  await one`set local role job_server`
  const said = await one<Ahead[]>`
    select course_slug as slug, is_personal as personal, lessons, done, earned_milli_credits as earned, ahead from private.credit_ahead_for_all(${slugs}, null)`
  await one`reset role`
  return said
})

/** Finishes a video lesson as its last beat would; one that was not begun is begun now. */
async function finish(sql: Sql, personId: number, { lessonId, mediaId }: { lessonId: number, mediaId: number }) {
  await begin(sql, personId, { lessonId, mediaId }, 0)
  await sql`insert into public.lesson_progress (person_id, lesson_id, media_id, watched, watched_ms, position_ms, updated_at) values (${personId}, ${lessonId}, ${mediaId}, '{}', 0, 0, now())`
  await sql`
    select private.complete_watched_lesson(sitting, seen, 1, 600000, now()) from public.watches sitting join public.lesson_progress seen on seen.lesson_id = sitting.lesson_id
    where sitting.person_id = ${personId} and seen.person_id = ${personId} and sitting.lesson_id = ${lessonId} order by sitting.opened_at desc limit 1`
}

/** Opens a lesson's video some days ago, and closes it. */
async function begin(sql: Sql, personId: number, { lessonId, mediaId }: { lessonId: number, mediaId: number }, daysAgo: number) {
  await sql`insert into public.watches (person_id, lesson_id, media_id, device, channel, opened_at, expires_at, slack_ms, study_ms, ended_at, end_reason)
    values (${personId}, ${lessonId}, ${mediaId}, 'phone', 'web', now() - ${daysAgo} * interval '1 day', now(), 0, 1000, now(), 'closed')`
}

const postedSince = async (sql: Sql, personId: number, lastId: number, rule: string) => (await sql<{ credits: number, points: number }[]>`
  select coalesce(sum(milli_credits) filter (where rule_id = ${rule}), 0)::integer as credits, coalesce(sum(milli_points) filter (where
    (ground ->> 'posting')::bigint in (select award.id from public.credit_postings award where award.rule_id = ${rule})), 0)::integer as points
  from public.credit_postings where id > ${lastId} and person_id = private.credit_learner(${personId})`)[0]!
const lastPosting = async (sql: Sql) => Number((await sql`select coalesce(max(id), 0) as id from public.credit_postings`)[0]!.id)

/** Runs what is undone afterwards. */
async function asif<T>(sql: Transaction, what: (inner: Transaction) => Promise<T>): Promise<T> {
  const undone = new Error('undone')
  let result: T
  await sql.savepoint(async (inner) => {
    result = await what(inner)
    throw undone
  }).catch((error) => { if (error !== undone) throw error })
  return result!
}

// Rules are replaced here, which others have posted by.
let own: typeof pool
beforeAll(async () => { own = await pristinePool('credit_ahead') })

describe('what is said before is what is posted', () => {
  const rule = fc.record({ basis: fc.constantFrom('minutes' as const, 'event' as const), milliCredits: fc.integer({ min: 0, max: 900 }), perMinutes: fc.integer({ min: 1, max: 50 }) })
  const cap = fc.record({ period: fc.constantFrom('day', 'week', 'month', 'term', 'year', 'lifetime'), amount: fc.integer({ min: 0, max: 400 }), firstMonth: fc.constantFrom(1, 3), scope: fc.constantFrom('all', 'category', 'institution') })
  const world = fc.record({
    kind: fc.constantFrom<Kind>('course', 'micro_lecture'),
    rule, before: fc.option(rule), caps: fc.uniqueArray(cap, { maxLength: 3, selector: ({ period }) => period }),
    // What finishing the whole course brings besides.
    completion: fc.option(fc.integer({ min: 0, max: 900 })), completionCap: fc.option(fc.integer({ min: 0, max: 900 })),
    points: fc.option(fc.integer({ min: 1, max: 20 })),
    history: fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 60 }), daysAgo: fc.integer({ min: 0, max: 40 }), isReversed: fc.boolean(), isOther: fc.boolean() }), { maxLength: 8 }),
    isMerged: fc.boolean(),
    lessons: fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 70 }), begunDaysAgo: fc.option(fc.constantFrom(0, 1, 2, 9)), isDone: fc.option(fc.constantFrom('me' as const, 'other' as const), { freq: 4 }) }), { minLength: 1, maxLength: 6 }),
  })

  it('for any rules, caps, points, history and merged rows', async () => {
    let clipped = 0
    await fc.assert(fc.asyncProperty(world, one => withRollback(async (sql, as) => {
      const { willow, school } = await makeNetwork(sql)
      const [me, other] = [await makePerson(sql, willow), await makePerson(sql, willow)]
      const ruleId = RULES[one.kind]
      // A rule with caps keeps its unit.
      const basisOf = (set: typeof one.rule) => one.caps.length ? one.rule.basis : set.basis
      const version = (set: typeof one.rule, days: string) => sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes)
        values (${ruleId}, ${days}, ${basisOf(set)}, ${set.milliCredits}, ${basisOf(set) === 'minutes' ? set.perMinutes : null})`
      await sql`delete from public.credit_rule_versions where rule_id = ${ruleId}`
      const [{ yesterday }] = await sql`select (private.china_date(now()) - 1)::text as yesterday` as unknown as [{ yesterday: string }]
      if (one.before) await version(one.before, `(,${yesterday})`)
      await version(one.rule, one.before ? `[${yesterday},)` : '(,)')
      for (const { period, amount, firstMonth, scope } of one.caps) await sql`insert into public.credit_caps (rule_id, period, amount, first_month, category_id, per_institution)
        values (${ruleId}, ${period}, ${amount}, ${firstMonth}, ${scope === 'category' ? 'digital' : null}, ${scope === 'institution'})`
      if (one.completion !== null) await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits) values ('course_completed', '(,)', 'event', ${one.completion})`
      if (one.completionCap !== null) await sql`insert into public.credit_caps (rule_id, period, amount) values ('course_completed', 'lifetime', ${one.completionCap})`
      if (one.points) await sql`insert into public.credit_point_terms (in_force, points_per_credit) values ('(,)', ${one.points})`
      if (one.isMerged) await sql`update public.persons set merged_into = ${me.id}, counts_as = ${me.id} where id = ${other.id}`

      for (const [index, past] of one.history.entries()) {
        const key = `ahead:${index}:${me.id}`
        const [posting] = await sql`
          with fact as (
            insert into public.participations (key, person_id, kind, category_id, host_unit_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
            select ${key}, id, 'training', 'digital', ${school}, true, 'learner', residence_unit_id, '{resident}', now() - ${past.daysAgo} * interval '1 day', now(), 1, 'attended', 'onsite', 'scan'
            from public.persons where id = ${past.isOther ? other.id : me.id} returning id
          ) select fact.id from fact`
        const [{ id }] = await sql`select (private.award_credit(${key}, ${posting!.id}, ${ruleId}, ${past.minutes})).id` as unknown as [{ id: number }]
        if (past.isReversed) await sql`select private.reverse_credit(${id}, 'record_corrected')`
      }

      const { courseId, courseSlug } = await makeCourse(sql, one.kind)
      await sql`update public.courses set host_unit_id = ${school} where id = ${courseId}`
      await enrol(sql, me, courseId)
      const lessons = []
      for (const [index, { minutes, begunDaysAgo, isDone }] of one.lessons.entries()) {
        const lesson = { ...await addVideoLesson(sql, courseId, { minutes, position: index + 1 }), minutes, isDone: isDone === 'me' || (isDone === 'other' && one.isMerged) }
        lessons.push(lesson)
        if (isDone) await finish(sql, isDone === 'me' ? me.id : other.id, lesson)
        else if (begunDaysAgo !== null) await begin(sql, me.id, lesson, begunDaysAgo)
      }
      const undone = lessons.filter(({ isDone }) => !isDone)
      const [said] = await aheadOf(me.account, as, [courseSlug])
      expect(said).toMatchObject({ personal: true, lessons: lessons.length, done: lessons.length - undone.length })
      expect(said!.ahead.filter(({ rule }) => rule === ruleId).reduce((sum, { events }) => sum + events, 0)).toBe(undone.length)

      for (const bundle of said!.ahead) {
        const posted = await asif(sql, async (inner) => {
          const last = await lastPosting(inner)
          for (const lesson of undone) {
            const [{ day }] = await inner`select private.lesson_day(${me.id}, ${lesson.lessonId})::text as day` as unknown as [{ day: string }]
            if (day === bundle.day || bundle.rule === 'course_completed') await finish(inner, me.id, lesson)
          }
          return postedSince(inner, me.id, last, bundle.rule)
        })
        expect({ credits: bundle.milliCredits, points: bundle.milliPoints }).toEqual(posted)
        if (bundle.outcome === 'posted') expect(bundle.milliCredits).toBe(bundle.wholeMilliCredits)
        else clipped++
      }
      // A lesson by itself, and what the finished ones brought.
      for (const lesson of lessons) {
        const [{ slug }] = await sql`select slug from public.lessons where id = ${lesson.lessonId}` as unknown as [{ slug: string }]
        const [alone] = await aheadOf(me.account, as, [courseSlug], slug)
        if (lesson.isDone) {
          const [got] = await sql`select sum(posting.milli_credits)::integer as credits from public.credit_postings posting
            join public.participations fact on fact.id = posting.participation_id where fact.lesson_id = ${lesson.lessonId} and posting.person_id = ${me.id} and posting.rule_id = ${ruleId}`
          expect(alone).toMatchObject({ lessons: 1, done: 1, earned: Number(got!.credits), ahead: [] })
        }
        else {
          const posted = await asif(sql, async (inner) => {
            const last = await lastPosting(inner)
            await finish(inner, me.id, lesson)
            return postedSince(inner, me.id, last, ruleId)
          })
          expect({ credits: alone!.ahead[0]!.milliCredits, points: alone!.ahead[0]!.milliPoints }).toEqual(posted)
        }
      }
    }, own)), { numRuns: RUNS, endOnFailure: true })
    expect(clipped).toBeGreaterThan(RUNS / 10) // the caps were met
  }, 240_000)
})

describe('the question', () => {
  const withCourse = (test: (sql: Transaction, as: As, mei: Person, lesson: Awaited<ReturnType<typeof makeVideoLesson>>) => Promise<unknown>) => withRollback(async (sql, as) => {
    const { willow } = await makeNetwork(sql)
    await test(sql, as, await makePerson(sql, willow), await makeVideoLesson(sql, { minutes: 45 }))
  }, own)
  const cap = (sql: Sql, period: string, amount: number) => sql`insert into public.credit_caps (rule_id, period, amount) values ('lesson_completed', ${period}, ${amount})`

  it('of a visitor is answered without a history: in full, with the caps named', () => withCourse(async (sql, _as, mei, lesson) => {
    await cap(sql, 'year', 3000)
    await cap(sql, 'day', 40)
    await enrol(sql, mei, lesson.courseId)
    await finish(sql, mei.id, lesson)
    const [said] = await aheadOfAll(sql, [lesson.courseSlug])
    expect(said).toMatchObject({ personal: false, done: 0, earned: 0, ahead: [{ wholeMilliCredits: 900, caps: [{ period: 'day', amount: 40 }, { period: 'year', amount: 3000 }] }] })
  }))

  it('of an account without a person is a visitor’s', () => withCourse(async (sql, as, _mei, lesson) => {
    const [account] = await sql`insert into identity.accounts (email, username) values ('nobody@example.org', 'nobody_yet') returning id`
    expect(await aheadOf(account!.id, as, [lesson.courseSlug])).toMatchObject([{ personal: false, ahead: [{ wholeMilliCredits: 900 }] }])
  }))

  it('names no course that the asker may not see: a draft, or one that was withdrawn before they joined', () => withCourse(async (sql, as, mei, lesson) => {
    for (const status of ['draft', 'withdrawn']) {
      await sql`update public.courses set status = ${status} where id = ${lesson.courseId}`
      expect([await aheadOf(mei.account, as, [lesson.courseSlug]), await aheadOfAll(sql, [lesson.courseSlug])]).toEqual([[], []])
    }
    await enrol(sql, mei, lesson.courseId)
    expect(await aheadOf(mei.account, as, [lesson.courseSlug])).toMatchObject([{ lessons: 1 }])
  }))

  it('leaves withdrawn lessons out, and counts what is left of a day', () => withCourse(async (sql, as, mei, lesson) => {
    await cap(sql, 'day', 60)
    const next = await addVideoLesson(sql, lesson.courseId, { minutes: 30, position: 2 })
    const gone = await addTextLesson(sql, lesson.courseId, { minutes: 20, position: 3 })
    await sql`update public.lessons set status = 'withdrawn' where id = ${gone}`
    await enrol(sql, mei, lesson.courseId)
    await finish(sql, mei.id, lesson)
    expect(await aheadOf(mei.account, as, [lesson.courseSlug])).toMatchObject([{
      lessons: 2, done: 1, earned: 900, ahead: [{ events: 1, minutes: 30, isToday: true, wholeMilliCredits: 600, milliCredits: 300, outcome: 'clipped', reason: 'cap_day' }] }])
    await finish(sql, mei.id, next)
    expect(await aheadOf(mei.account, as, [lesson.courseSlug])).toMatchObject([{ lessons: 2, done: 2, earned: 1200, ahead: [] }])
  }))

  it('counts a lesson that was opened on an earlier day under that day', () => withCourse(async (sql, as, mei, lesson) => {
    await cap(sql, 'day', 50)
    await enrol(sql, mei, lesson.courseId)
    const before = await makeVideoLesson(sql, { minutes: 20 })
    await enrol(sql, mei, before.courseId)
    await begin(sql, mei.id, before, 1)
    await finish(sql, mei.id, before)
    await begin(sql, mei.id, lesson, 1)
    expect(await aheadOf(mei.account, as, [lesson.courseSlug])).toMatchObject([{ ahead: [{ isToday: false, milliCredits: 600, reason: 'cap_day' }] }])
  }))

  it('is nothing on a day without a rule', () => withCourse(async (sql, as, mei, lesson) => {
    await sql`delete from public.credit_rule_versions where rule_id = 'lesson_completed'`
    expect(await aheadOf(mei.account, as, [lesson.courseSlug])).toMatchObject([{ ahead: [{ basis: null, wholeMilliCredits: 0, outcome: 'refused', reason: 'no_rule_in_force' }] }])
  }))

  it('is answered for a whole page of courses at once', () => withCourse(async (sql, as, mei, lesson) => {
    const others = await Promise.all([makeVideoLesson(sql, { minutes: 5 }), makeVideoLesson(sql, { minutes: 5, kind: 'micro_lecture' })])
    const slugs = [lesson, ...others].map(({ courseSlug }) => courseSlug)
    expect((await aheadOf(mei.account, as, slugs)).map(({ slug }) => slug)).toEqual(slugs.toSorted())
    expect(await aheadOfAll(sql, [...Array.from({ length: 48 }, () => 'none'), lesson.courseSlug])).toEqual([])
  }))
})
