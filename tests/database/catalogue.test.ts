// What resident pages read in one call: with the asker's rights, and never more.
import { expect, it } from 'vitest'
import { addTextLesson, enrol, makeCourse, makeNetwork, makePerson, withRollback } from '../fixtures/database.ts'

it('a visitor finds published courses by main and by further category, and not the others', () => withRollback(async (sql, as) => {
  const [main, further, draft] = [await makeCourse(sql), await makeCourse(sql), await makeCourse(sql)]
  await sql`update public.courses set category_id = 'veterans' where id in (${main.courseId}, ${draft.courseId})`
  await sql`insert into public.course_categories values (${further.courseId}, 'veterans')`
  await sql`update public.courses set status = 'draft' where id = ${draft.courseId}`
  const found = await as('anon', visitor => visitor`select slug, total from public.list_courses('course', 'veterans')`)
  expect(found.map(({ slug }) => slug).sort()).toEqual([main.courseSlug, further.courseSlug].sort())
  expect(found[0]!.total).toBe(2)
  const filters = await as('anon', visitor => visitor`select courses from public.course_filters('course') where filter = 'category' and id = 'veterans'`)
  expect(filters).toEqual([{ courses: 2 }])
}))

it('a list is cut into pages, and a page beyond the last is empty', () => withRollback(async (sql, as) => {
  for (let count = 0; count < 3; count++) {
    const { courseId } = await makeCourse(sql)
    await sql`update public.courses set category_id = 'veterans' where id = ${courseId}`
  }
  const page = (number: number) => as('anon', visitor => visitor`select slug, total from public.list_courses('course', 'veterans', null, ${number}, 2)`)
  const [first, second, third] = [await page(1), await page(2), await page(3)]
  expect([first.length, second.length, third.length]).toEqual([2, 1, 0])
  expect(new Set([...first, ...second].map(({ slug }) => slug)).size).toBe(3)
  expect(second[0]!.total).toBe(3)
}))

it('people see their own courses, how far they are, and where to go on', () => withRollback(async (sql, as) => {
  const { willow } = await makeNetwork(sql)
  const [mei, qiang] = [await makePerson(sql, willow), await makePerson(sql, willow)]
  const { courseId, courseSlug } = await makeCourse(sql)
  const first = await addTextLesson(sql, courseId, { position: 1 })
  await addTextLesson(sql, courseId, { position: 2 })
  await enrol(sql, mei, courseId)
  await sql`insert into public.lesson_completions (person_id, lesson_id, grounds) values (${mei.id}, ${first}, '{}')`
  const [second] = await sql`select slug from public.lessons where course_id = ${courseId} and position = 2`
  const mine = await as(mei.account, own => own`select slug, done, next_lesson_slug from public.my_courses()`)
  expect(mine).toEqual([{ slug: courseSlug, done: 1, next_lesson_slug: second!.slug }])
  expect(await as(qiang.account, own => own`select slug from public.my_courses()`)).toEqual([])
}))

it('a visitor has no courses and no hours', () => withRollback(async (_sql, as) => {
  await expect(as('anon', visitor => visitor`select * from public.my_courses()`)).rejects.toMatchObject({ code: '42501' })
  await expect(as('anon', visitor => visitor`select * from public.my_hours()`)).rejects.toMatchObject({ code: '42501' })
}))

it('the network is walked two steps at a time, and closed schools are left out', () => withRollback(async (sql, as) => {
  const network = await makeNetwork(sql)
  const [county] = await sql`select code from public.units where id = ${network.county}`
  const below = () => as('anon', visitor => visitor`select name, teaching, schools from public.schools_below(${county!.code})`)
  expect(await below()).toEqual([
    { name: '柳溪镇', teaching: false, schools: 1 }, { name: '港口镇', teaching: false, schools: 0 }, { name: '柳溪社区学校', teaching: true, schools: null },
  ])
  await sql`update public.units set closed_on = '2020-01-01' where id = ${network.school}`
  expect(await below()).toEqual([{ name: '柳溪镇', teaching: false, schools: 0 }, { name: '港口镇', teaching: false, schools: 0 }])
}))
