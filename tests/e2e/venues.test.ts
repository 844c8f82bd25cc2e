// A school registers a venue; a neighbour asks for a room and is given it; a plan for the same hour is warned and can't be published; residents read it.
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const keeper = { username: 'qingxi' } as const
const neighbour = { username: 'manager.yx.02' } as const
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })

it.each([360, 1280])('a venue is registered, booked, planned in and read at %d px', async (width) => {
  const name = `清溪镇老戏台 ${width}`
  let id = ''
  await visit({ as: keeper, width, height: 900, allow: [/status of 422/] }, async (page) => {
    await open(page, '/desk')
    await page.getByRole('navigation', { name: '工作台导航' }).getByRole('link', { name: '场所' }).click()
    await page.getByRole('link', { name: '登记一个场所' }).click()
    await page.waitForURL('**/desk/venues/new**')
    await page.getByLabel('名称', { exact: true }).fill(name)
    await page.getByLabel('地址').fill('古街 9 号')
    await page.getByLabel('联系岗位').fill('文化专干')
    await page.getByLabel('电话').fill('0900-765432')
    for (const weekday of ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日']) await page.getByLabel(weekday).fill('8:00-21:00')
    await page.getByLabel('星期日').fill('二十一点')
    await page.getByLabel('教室', { exact: true }).first().fill('戏台')
    await page.getByLabel('座位', { exact: true }).first().fill('120')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText('请写成 8:00-12:00').waitFor()
    expect(await overhang(page)).toBe(0)
    await page.getByLabel('星期日').fill('8:00-21:00')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText('已保存。').waitFor()
    id = new URL(page.url()).pathname.split('/').at(-1)!
    expect(await overhang(page)).toBe(0)
    await page.getByText('记一天的人次').click()
    await page.getByLabel('人次', { exact: true }).fill('45')
    await page.getByRole('group').filter({ hasText: '门口数的人次' }).getByRole('button', { name: '保存' }).click()
    await page.getByText('45 人次').waitFor()
  })
  await visit({ as: neighbour, width, height: 900 }, async (page) => {
    await open(page, `/desk/venues/${id}`)
    await page.getByText('预订教室').click()
    await page.getByLabel('哪天').first().fill(day(12))
    await page.getByLabel('做什么').fill('川剧排练')
    await page.getByRole('button', { name: '提出预订' }).click()
    await page.getByText('已提出，等管理单位答复。').waitFor()
  })
  await visit({ as: keeper, width, height: 900, allow: [/status of 409/] }, async (page) => {
    await open(page, `/desk/venues/${id}`)
    await page.getByText('等答复').waitFor()
    await page.getByText('答复', { exact: true }).first().click()
    await page.getByRole('button', { name: '答复' }).click()
    await page.getByText('已答复。').waitFor()
    await open(page, '/desk/activities/new')
    await page.getByLabel('名称', { exact: true }).fill(`社戏 ${width}`)
    await page.getByLabel('类别', { exact: true }).selectOption('culture_leisure')
    await page.getByLabel('地点', { exact: true }).first().fill(name)
    await page.getByLabel('教室', { exact: true }).first().fill('戏台')
    await page.getByLabel('联系电话').fill('0900-1234567')
    await page.getByLabel('怎么报名').selectOption('none')
    await page.getByRole('button', { name: '加一场' }).click()
    await page.getByLabel('日期').last().fill(day(12))
    await page.getByText('这里已有人预订').waitFor()
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('已保存。').waitFor()
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText(/戏台在.*已经有安排/).waitFor()
  })
  const [{ code }] = await sql()`select code from venues where id = ${id}` as unknown as [{ code: string }]
  await visit({ width, height: 900 }, async (page) => {
    await open(page, '/venues')
    await page.getByLabel('名称或地址').fill(name)
    await page.getByRole('button', { name: '查找' }).click()
    await page.getByRole('link', { name }).click()
    await page.waitForURL(`**/venues/${code}`)
    await page.getByText('两周内有 1 段时间有人用').waitFor()
    expect(await page.getByText('川剧排练').count()).toBe(0)
    expect(await overhang(page)).toBe(0)
  })
})
