// After a session: the notice leads to three taps, which work without scripts too; the school takes it down for somebody without a phone.
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'
import { asManager, planActivity } from '../fixtures/planned-activities.ts'

const { visit, sql } = useBrowser()
const elder = { phone: '13900000001' } as const

/** A session that 王秀英 and a neighbour came to. */
async function held() {
  const activity = await planActivity(sql(), { signUp: 'none', inHours: [2] })
  const [session] = activity.sessions
  await sql()`update activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where id = ${session!}`
  const [me] = await sql()`select person.id::integer as id from persons person where person.name = '王秀英' and person.counts_as is null and exists (select from identity.accounts account where account.person_id = person.id) order by person.id limit 1`
  const [other] = await sql()`select person.id::integer as id, person.name from persons person join units home on home.id = person.residence_unit_id join units township on township.id = home.parent_id
    where township.code = 'QJ-YX-01' and person.counts_as is null and person.birth_year < 1990 and person.id <> ${me!.id} order by person.id desc limit 1`
  await asManager(sql(), one => one`select * from public.mark_attendance(${session!}, ${one.json([me!.id, other!.id].map(id => ({ clientId: crypto.randomUUID(), personId: id as number, method: 'roster' })))})`)
  // Whoever else runs sessions at this hour is not in the way.
  await sql()`delete from notices where kind = 'feedback_asked' and person_id = ${me!.id}`
  await asManager(sql(), one => one`select * from public.confirm_session(${session!})`)
  await sql()`insert into notices (person_id, kind, activity_id, session_id) select ${me!.id}, 'feedback_asked', activity_id, id from activity_sessions where id = ${session!} on conflict do nothing`
  return { ...activity, session: session!, other: other! }
}

it.each([{ width: 360, scripts: true }, { width: 1280, scripts: false }])('three taps at $width px, with scripts: $scripts', async ({ width, scripts }) => {
  const { title, session, other } = await held()
  await visit({ as: elder, width, height: 900, javaScriptEnabled: scripts }, async (page) => {
    if (scripts) {
      await open(page, '/my/activities')
      await page.getByRole('link', { name: `《${title}》来过了` }).click()
    }
    else await page.goto(`/feedback/${session}`)
    await page.getByRole('heading', { name: '说说感受' }).waitFor()
    await page.getByRole('group', { name: '这次活动满意吗' }).getByText('满意', { exact: true }).click()
    await page.getByRole('group', { name: '内容有用吗' }).getByText('有用', { exact: true }).click()
    await page.getByRole('group', { name: '以后还来吗' }).getByText('还来', { exact: true }).click()
    if (scripts) expect(await overhang(page)).toBe(0)
    await page.getByRole('button', { name: '提交' }).click()
    await page.getByText('记下了，谢谢您。').waitFor()
  })
  expect(await sql()`select satisfied, useful, again, by_staff from session_feedback where session_id = ${session}`).toEqual([{ satisfied: 3, useful: 3, again: 3, by_staff: false }])
  await visit({ as: { username: 'qingxi' }, width, height: 900 }, async (page) => {
    await open(page, `/desk/activities/sessions/${session}/feedback`)
    await page.getByText('替没有手机的人记').click()
    const id = String(other.id)
    await page.getByLabel('谁', { exact: true }).selectOption(id)
    for (const question of ['这次活动满意吗', '内容有用吗', '以后还来吗']) await page.getByRole('group', { name: question }).getByText('是', { exact: true }).click()
    await page.getByRole('button', { name: '记下' }).click()
    await page.getByText('记下了。').waitFor()
    expect(await page.getByText('不到 5 人，不显示').count()).toBe(3)
    expect(await overhang(page)).toBe(0)
  })
})
