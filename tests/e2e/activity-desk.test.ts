// A term planned by a rule, handed in and published; a session whose people are marked, walk-ins counted in presses, and confirmed.
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'
import { ask, figuresAreFolded, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()
const manager = { username: 'qingxi' } as const
const teacher = { username: 'teacher' } as const
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })

it.each([360, 1280])('a term of eight sessions is planned by rule, handed in by the teacher and published by the manager at %d px', async (width) => {
  const title = `智能手机提高班 ${width}`
  let id = ''
  await visit({ as: teacher, width, height: 900, allow: [/status of 422/] }, async (page) => {
    await open(page, '/desk')
    await page.getByRole('link', { name: '办活动、签到' }).click()
    await page.getByRole('link', { name: '计划一次活动' }).first().click()
    await page.waitForURL('**/desk/activities/new**')
    await page.getByLabel('每场名额').waitFor() // the list, too, has a field of that name
    await page.getByLabel('名称').fill(title)
    await page.getByLabel('类别', { exact: true }).selectOption('digital')
    await page.getByLabel('讲师').fill('周建国')
    await page.getByLabel('地点', { exact: true }).fill('清溪镇社区教育学校')
    await page.getByLabel('教室', { exact: true }).fill(`${width} 室`)
    await page.getByLabel('每场名额').fill('20')
    await page.getByText('按规律排场次').click()
    await page.getByLabel('从哪天起').fill(day(3))
    // A rule without an end is refused in words.
    await page.getByRole('button', { name: '排出场次' }).click()
    await page.getByText('没有尽头的规律不能用').waitFor()
    await page.getByLabel('一共几场').fill('8')
    await page.getByRole('button', { name: '排出场次' }).click()
    await page.getByText('加了 8 场').waitFor()
    await page.getByText('第 8 场').waitFor()
    expect(await overhang(page)).toBe(0)
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('已保存。').waitFor()
    id = new URL(page.url()).pathname.split('/').at(-1)!
    // Without a phone, minors cannot come: said, and put right.
    await page.getByRole('button', { name: '提交审核' }).click()
    await page.getByText('收未成年人的活动要写联系电话。').waitFor()
    await page.getByRole('link', { name: '修改', exact: true }).click()
    await page.getByLabel('联系电话').fill('0900-1234567')
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('已保存。').waitFor()
    await page.getByRole('button', { name: '提交审核' }).click()
    await page.getByText('已提交，等管理员审核。').waitFor()
    expect(await page.getByRole('button', { name: '发布' }).count()).toBe(0)
  })
  await visit({ as: manager, width, height: 900 }, async (page) => {
    await open(page, '/desk/activities')
    await page.getByRole('region', { name: '等我处理' }).getByRole('link', { name: title }).click()
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText('已发布，居民现在看得到。').waitFor()
    expect(await page.getByRole('row').count()).toBe(9)
    expect(await overhang(page)).toBe(0)
  })
  expect((await sql()`select status from activities where id = ${id}`)[0]!.status).toBe('published')
})

/** A published activity with one session that ended an hour ago. */
async function overOne(title: string): Promise<number> {
  const cookie = await signedIn(sql(), manager)
  const post = <T>(path: string, body: object) => ask<T>(`/api/desk/activities${path}`, { method: 'POST', cookie, body })
  const { body: { id } } = await post<{ id: number }>('', {
    'unit': 'QJ-YX-01-S', title, 'kind': 'training', 'form': 'training', 'category': 'health', 'venue': '广场', 'phone': '0900-1234567', 'signUp': 'none', 's0.date': day(5), 's0.start': '09:00', 's0.end': '10:00',
  })
  await post(`/${id}/publication`, {})
  const [session] = await sql()`update activity_sessions set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where activity_id = ${id} returning id::integer`
  return session!.id as number
}

/** Counts, in the page itself, what hands do from now on: every tap, every field that is typed in, every Enter, and a list that is opened and chosen from as two. */
async function countActs(page: Page): Promise<void> {
  await page.evaluate(() => {
    let field: EventTarget | null = null
    document.documentElement.dataset.acts = '0'
    const add = (acts: number) => { document.documentElement.dataset.acts = String(Number(document.documentElement.dataset.acts) + acts) }
    addEventListener('pointerdown', () => {
      field = null
      add(1)
    }, true)
    addEventListener('keydown', (event) => { if ((event as KeyboardEvent).key === 'Enter') add(1) }, true)
    addEventListener('input', ({ target }) => {
      if (!(target instanceof HTMLInputElement) || ['radio', 'checkbox'].includes(target.type) || target === field) return
      field = target
      add(1)
    }, true)
    addEventListener('change', ({ target }) => { if (target instanceof HTMLSelectElement) add(2) }, true)
  })
}
/** How many that were since it was asked before. */
function actsSince(page: Page): Promise<number> {
  return page.evaluate(() => {
    const acts = Number(document.documentElement.dataset.acts)
    document.documentElement.dataset.acts = '0'
    return acts
  })
}

it.each([360, 1280])('walk-ins are marked in few presses, and confirming makes records, credits and figures at %d px', async (width) => {
  const session = await overOne(`广场舞 ${width}`)
  const place = width === 360 ? 0 : 1
  const [known] = await sql()`select person.id::integer, person.name, (select card.number from person_cards card where card.person_id = person.id and card.revoked_at is null) as card from persons person
    join units home on home.id = person.residence_unit_id where home.code = 'QJ-YX-01-02' and person.counts_as is null and not exists (select from participations fact where fact.person_id = person.id) order by person.id limit 1 offset ${place}`
  await visit({ as: manager, width, height: 900, allow: [/status of 4\d\d/] }, async (page) => {
    await open(page, `/desk/activities/sessions/${session}`)
    const find = page.getByLabel('谁来了')
    await countActs(page)
    await find.click()
    await find.fill(known!.name)
    const option = page.getByRole('option').filter({ hasText: known!.name })
    await option.first().waitFor()
    await ((await option.count()) === 1 ? find.press('Enter') : option.first().click())
    await page.getByRole('status').getByText('已签到，现在 1 人').waitFor()
    const ofKnown = await actsSince(page)
    expect(ofKnown).toBeGreaterThanOrEqual(3)
    expect(ofKnown).toBeLessThanOrEqual(6)

    const newcomer = `申屠来客${width}`.replace('360', '甲').replace('1280', '乙')
    await find.click()
    await find.fill(newcomer)
    await page.getByText('不在册的人：登记并签到').click()
    await page.getByLabel('出生年份').click()
    await page.getByLabel('出生年份').fill('1957')
    await page.getByText('女', { exact: true }).click()
    await page.getByLabel('住在哪个村（社区）').selectOption({ index: 1 })
    await page.getByRole('button', { name: '登记并签到', exact: true }).click()
    await page.getByRole('status').getByText(`${newcomer} 已签到，现在 2 人`).waitFor()
    const ofNewcomer = await actsSince(page)
    expect(ofNewcomer).toBeGreaterThanOrEqual(8)
    expect(ofNewcomer).toBeLessThanOrEqual(9)

    // A tick made by mistake is taken back and made again.
    const row = page.getByRole('button', { pressed: true }).filter({ hasText: newcomer })
    await row.click()
    await page.getByText(`已撤回 ${newcomer} 的签到`).waitFor()
    await find.fill(newcomer)
    await page.getByRole('option').first().waitFor()
    await find.press('Enter')
    await page.getByRole('status').getByText('现在 2 人').waitFor()
    expect(await overhang(page)).toBe(0)

    await page.getByRole('button', { name: '确认 2 人到场' }).click()
    await page.getByText('新记 2 人').waitFor()
    await page.getByText('学习记录和学分已入账').waitFor()
    await page.getByRole('button', { name: '再确认一次' }).click()
    await page.getByText('新记 0 人').waitFor()
    expect(await overhang(page)).toBe(0)
  })
  const [made] = await sql()`select count(*)::integer as records, sum(posting.milli_credits)::integer as credits from session_records record left join credit_postings posting on posting.participation_id = record.participation_id where record.session_id = ${session}`
  expect(made!.records).toBe(2)
  expect(made!.credits).toBeGreaterThan(0)
  await figuresAreFolded(sql())
  expect(await sql()`select * from private.credit_faults_of_sessions()`).toEqual([])
})

it('a plan is made without scripts, one step at a time, and nothing typed is lost', () => visit({ as: manager, width: 1280, height: 900, javaScriptEnabled: false }, async (page) => {
  await page.goto('/desk/activities/new')
  await page.getByLabel('名称').fill('合唱排练')
  await page.getByLabel('介绍').fill('请带水杯。'.repeat(120))
  await page.getByText('按规律排场次').click()
  await page.getByLabel('从哪天起').fill(day(4))
  await page.getByLabel('一共几场').fill('3')
  await page.getByRole('button', { name: '排出场次' }).click()
  await page.getByText('第 3 场').waitFor()
  await page.getByRole('button', { name: '加一场' }).click()
  await page.getByText('第 4 场').waitFor()
  await page.getByRole('button', { name: '去掉第 1 场' }).click()
  // The page is another one only when the answer is there.
  await expect.poll(() => page.getByText('第 4 场').count()).toBe(0)
  await page.getByRole('button', { name: '保存草稿' }).last().click()
  await page.getByText('请从列表里选一个类别。').waitFor()
  expect(await page.getByLabel('介绍').inputValue()).toContain('请带水杯。'.repeat(120))
  await page.getByLabel('类别', { exact: true }).selectOption('culture_leisure')
  await page.getByLabel('每场名额').fill('30')
  await page.getByRole('button', { name: '保存草稿' }).last().click()
  await page.getByText('已保存。').waitFor()
  expect(await page.getByRole('row').count()).toBe(4)
}))

it('presence is ticked and confirmed without scripts', async () => {
  const session = await overOne('无脚本签到')
  const [known] = await sql()`select person.name from persons person join units home on home.id = person.residence_unit_id where home.code = 'QJ-YX-01-03' and person.counts_as is null order by person.id limit 1`
  await visit({ as: manager, width: 1280, height: 900, javaScriptEnabled: false }, async (page) => {
    await page.goto(`/desk/activities/sessions/${session}`)
    await page.getByLabel('谁来了').fill(known!.name)
    await page.getByRole('button', { name: '查找' }).click()
    await page.getByRole('button', { name: new RegExp(`^签到：${known!.name}`) }).first().click()
    await page.getByText('已签到。').waitFor()
    await page.getByRole('button', { name: '确认 1 人到场' }).click()
    await page.getByText('新记 1 人').waitFor()
  })
})

for (const javaScriptEnabled of [true, false]) {
  it(`${javaScriptEnabled ? 'a button prints' : 'without scripts words say how the browser prints'}`, () => visit({ width: 1280, as: { username: 'qingxi' }, javaScriptEnabled }, async (page) => {
    await page.goto('/desk/activities/week?unit=QJ-YX-01')
    expect([await page.getByRole('button', { name: '打印' }).isVisible(), await page.getByText('打印请用浏览器菜单里的').isVisible()]).toEqual([javaScriptEnabled, !javaScriptEnabled])
  }))
}
