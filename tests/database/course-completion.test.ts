// What a finished course earns of its own: once, when all its lessons stand; it goes with its records and comes to whoever was finished by a lesson that went.
import { expect, it } from 'vitest'
import { addVideoLesson, type As, enrol, makeCourse, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

type Lesson = Awaited<ReturnType<typeof addVideoLesson>>
interface World { sql: Transaction, as: As, places: Network, mei: Person, courseId: number, courseSlug: string, lessons: Lesson[] }

/** A course of two lessons of ten minutes that Mei has joined; a finished one earns half a credit. */
const inCourse = (test: (world: World) => Promise<unknown>, { kind = 'course', rule = '(,)' as string | null } = {}) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const mei = await makePerson(sql, places.willow)
  if (rule) await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits) values ('course_completed', ${rule}, 'event', 500)`
  const { courseId, courseSlug } = await makeCourse(sql, kind)
  await enrol(sql, mei, courseId)
  await test({ sql, as, places, mei, courseId, courseSlug, lessons: [await addVideoLesson(sql, courseId, { position: 1 }), await addVideoLesson(sql, courseId, { position: 2 })] })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
const finish = (sql: Sql, person: Person, { lessonId }: Lesson) => sql`
  select private.complete_lesson(${person.id}, ${lessonId}, '{}', now() - interval '10 minutes', now(), 600000, 600000, 'web') as answer`
const lines = async (sql: Sql, person: Person) => (await sql`
  select rule_id as rule, kind, milli_credits::integer as credits, minutes::integer as minutes from public.credit_postings where person_id = private.credit_learner(${person.id}) and rule_id = 'course_completed' order by seq`)
  .map(row => ({ ...row }))
const GIVEN = { rule: 'course_completed', kind: 'award', credits: 500, minutes: 0 }
const TAKEN = { rule: 'course_completed', kind: 'reversal', credits: -500, minutes: 0 }

it('comes with the last lesson, once, and was said before', () => inCourse(async ({ sql, as, mei, courseSlug, lessons: [first, second] }) => {
  const ahead = async () => (await as(mei.account, one => one`select ahead, earned_milli_credits::integer as earned from public.credit_ahead(${[courseSlug]})`))[0]!
  const said = async () => (await ahead()).ahead.map(({ rule, milliCredits }: { rule: string, milliCredits: number }) => [rule, milliCredits])
  expect(await said()).toEqual(expect.arrayContaining([['lesson_completed', 400], ['course_completed', 500]]))
  await finish(sql, mei, first!)
  expect(await lines(sql, mei)).toEqual([])
  expect(await said()).toEqual(expect.arrayContaining([['lesson_completed', 200], ['course_completed', 500]]))
  const [last] = await finish(sql, mei, second!)
  expect(last!.answer).toMatchObject({ milliCredits: 200, balanceMilliCredits: 900 })
  await finish(sql, mei, second!)
  expect(await lines(sql, mei)).toEqual([GIVEN])
  expect(await ahead()).toMatchObject({ ahead: [], earned: 900 })
}))

const finishAt = async (sql: Sql, person: Person, { lessonId }: Lesson, from: string, until: string) => (await sql`
  select private.complete_lesson(${person.id}, ${lessonId}, '{}', now() - ${from}::interval, now() - ${until}::interval, 600000, 600000, 'web') as answer`)[0]!.answer
const COURSE = { ruleZh: '学完一门课', ruleEn: 'A course completed', rate: 500, milliCredits: 500, reason: null }

it('is told with the last lesson, also where another was begun later, and told again; never with the first', () => inCourse(async ({ sql, as, mei, lessons: [first, second] }) => {
  expect(await finishAt(sql, mei, second!, '40 minutes', '30 minutes')).not.toHaveProperty('course')
  const told = await finishAt(sql, mei, first!, '60 minutes', '20 minutes')
  expect(told).toMatchObject({ milliCredits: 200, courseCompleted: true, balanceMilliCredits: 900, course: COURSE })
  expect(await finishAt(sql, mei, first!, '15 minutes', '10 minutes')).toMatchObject({ course: COURSE })
  expect(await finishAt(sql, mei, second!, '15 minutes', '5 minutes')).not.toHaveProperty('course')
  const own = async (who: string, { lessonId }: Lesson) => (await as(who, one => one`select public.course_earned(${lessonId}) as told`))[0]!.told
  expect(await own(mei.account, first!)).toMatchObject(COURSE)
  expect(await own(mei.account, second!)).toBeNull()
  await expect(own('anon', first!)).rejects.toMatchObject({ code: '42501' })
}))

it('is told with the cap that left it out, and no more once it is taken back', () => inCourse(async ({ sql, as, places, mei, lessons: [first, second] }) => {
  await sql`insert into public.credit_caps (rule_id, period, amount) values ('course_completed', 'year', 499)`
  await finishAt(sql, mei, first!, '40 minutes', '30 minutes')
  expect(await finishAt(sql, mei, second!, '25 minutes', '15 minutes')).toMatchObject({ milliCredits: 200, balanceMilliCredits: 400, course: { ...COURSE, milliCredits: 0, reason: 'cap_year' } })
  const head = await makeStaff(sql, places.city, places.willow, 'head')
  const [fact] = await sql`select id from public.participations where person_id = ${mei.id} and lesson_id = ${first!.lessonId}`
  await as(head.account, one => one`select public.correct_participation(${fact!.id}, 'not_attended', '{}', '不是本人学的')`)
  expect((await as(mei.account, one => one`select public.course_earned(${second!.lessonId}) as told`))[0]!.told).toBeNull()
}))

it('comes of no micro-lecture, and of no course that was finished before there was a rule', async () => {
  await inCourse(async ({ sql, mei, lessons }) => {
    for (const lesson of lessons) await finish(sql, mei, lesson)
    expect(await lines(sql, mei)).toEqual([])
  }, { kind: 'micro_lecture' })
  await inCourse(async ({ sql, mei, lessons }) => {
    for (const lesson of lessons) await finish(sql, mei, lesson)
    await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits) values ('course_completed', daterange(private.china_date(now()) + 1, null), 'event', 500)`
    await sql`select private.settle_courses(100)`
    expect(await lines(sql, mei)).toEqual([])
  }, { rule: null })
})

it('goes when a record of any of its lessons is taken back, and comes again to nobody by itself', () => inCourse(async ({ sql, as, places, mei, lessons }) => {
  for (const lesson of lessons) await finish(sql, mei, lesson)
  const head = await makeStaff(sql, places.city, places.willow, 'head')
  const [fact] = await sql`select id from public.participations where person_id = ${mei.id} and lesson_id = ${lessons[0]!.lessonId}`
  await as(head.account, one => one`select public.correct_participation(${fact!.id}, 'not_attended', '{}', '不是本人学的')`)
  expect(await lines(sql, mei)).toEqual([GIVEN, TAKEN])
  expect((await sql`select private.available_credits(${mei.id})::integer as left`)[0]!.left).toBe(200)
}))

it('that two of the staff took back stays away', () => inCourse(async ({ sql, mei, courseId, lessons }) => {
  for (const lesson of lessons) await finish(sql, mei, lesson)
  const [posting] = await sql`select id from public.credit_postings where rule_id = 'course_completed' and person_id = ${mei.id}`
  await sql`select private.reverse_credit(${posting!.id}, 'posted_wrongly')`
  await sql`select private.settle_course(${mei.id}, ${courseId})`
  expect(await lines(sql, mei)).toEqual([GIVEN, TAKEN])
}))

it('comes by the job where the lesson that was left went from the course', () => inCourse(async ({ sql, mei, courseId, lessons: [first, second] }) => {
  await finish(sql, mei, first!)
  await sql`update public.lessons set status = 'withdrawn' where id = ${second!.lessonId}`
  await sql`select private.complete_course(${courseId}, null, now())`
  expect(await lines(sql, mei)).toEqual([])
  for (const settled of [1, 0]) expect((await sql`select private.settle_courses(100) as settled`)[0]!.settled).toBe(settled)
  expect(await lines(sql, mei)).toEqual([GIVEN])
}))

it('of two rows that are one person comes once, with lessons of both', () => inCourse(async ({ sql, places, mei, courseId, lessons: [first, second] }) => {
  const double = await makePerson(sql, places.willow)
  await finish(sql, double, first!)
  await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${double.id}`
  await finish(sql, mei, second!)
  await sql`select private.settle_course(${double.id}, ${courseId})`
  expect(await lines(sql, mei)).toEqual([GIVEN])
}))

it('has a rule of a fixed amount, not by the minute', () => inCourse(async ({ sql, as, places }) => {
  const head = await makeStaff(sql, places.city, places.willow, 'head')
  const change = (basis: string, per: number | null) => as(head.account, one => one`select public.change_credit_rule('course_completed', private.china_date(now()), ${basis}, 1000, ${per})`)
  await expect(change('minutes', 30)).rejects.toMatchObject({ code: 'PT422', message: 'basis_by_event' })
  await change('event', null)
}, { rule: null }))
