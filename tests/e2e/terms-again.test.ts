// A term held again from the desk, how plans are reviewed, who served at a session; and a team's leader who books a room.
import { expect, it } from 'vitest'
import { DEMO_RESIDENTS } from '../../demo/accounts.ts'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const manager = { username: 'qingxi' } as const
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
/** A Tuesday some weeks from now: then a school is open. */
const tuesday = (weeks: number) => day(7 * weeks + (9 - new Date(`${day(0)}T12:00:00+08:00`).getUTCDay()) % 7)

it.each([360, 1280])('a term is looked at, then becomes drafts, once, at %d px', async (width) => {
  const start = day(width === 360 ? 120 : 300)
  await visit({ as: manager, width, height: 900, allow: [/status of 422/] }, async (page) => {
    await open(page, '/desk/activities?unit=QJ-YX-01-S')
    await page.getByRole('link', { name: '照上一期再办' }).click()
    await page.locator('form[method="get"] [name="from"]').fill(day(-40))
    await page.locator('form[method="get"] [name="start"]').fill(start)
    await page.getByRole('button', { name: '看一看' }).click()
    await page.waitForURL(/start=/)
    const boxes = page.locator('input[type="checkbox"][name^="a."]')
    const count = await boxes.count()
    expect(count).toBeGreaterThan(1)
    expect(await overhang(page)).toBe(0)
    for (let at = 1; at < count; at++) await boxes.nth(at).uncheck()
    await page.getByRole('button', { name: '带出为草稿' }).click()
    await page.getByText('带出了 1 个草稿').waitFor()
    await page.goto(`/desk/activities/again?unit=QJ-YX-01-S&from=${day(-40)}&start=${start}`)
    await page.getByText('这一期已经带出过了').waitFor()
    expect(await boxes.count()).toBe(count - 1)
  })
})

it('whoever agreed to a plan sees on a phone what was changed since, and says so', async () => {
  await visit({ as: { username: 'yunxi' }, width: 360 }, async (page) => {
    await open(page, '/desk/activities?unit=QJ-YX-02')
    await page.getByRole('listitem').filter({ hasText: '发布后改过' }).getByRole('link', { name: '八段锦晨练' }).click()
    await page.getByText(/地点：原来.*二楼活动室，现在.*操场/).waitFor()
    expect(await overhang(page)).toBe(0)
    await page.getByRole('button', { name: '看过了' }).click()
    await page.getByText('已记下。').waitFor()
    await page.getByRole('heading', { name: '同意以后改了这些' }).waitFor({ state: 'detached' })
  })
})

it('a leader asks for a room, with and without scripts, and gives it back', async () => {
  for (const javaScriptEnabled of [true, false]) {
    await visit({ as: DEMO_RESIDENTS.elder, javaScriptEnabled, allow: [/status of 4\d\d/] }, async (page) => {
      if (javaScriptEnabled) await open(page, '/my/team-rooms')
      else await page.goto('/my/team-rooms')
      await page.getByRole('button', { name: '提交' }).click()
      await page.locator('[aria-invalid="true"]').first().waitFor()
      const room = await page.locator('[name="room"] option').filter({ hasText: '清溪镇社区教育学校' }).first().getAttribute('value')
      await page.locator('[name="room"]').selectOption(room!)
      await page.locator('[name="date"]').fill(tuesday(javaScriptEnabled ? 3 : 4))
      await page.locator('[name="purpose"]').fill('合唱新歌排练')
      await page.getByRole('button', { name: '提交' }).click()
      await page.getByText('已提交，答复写在下面。').waitFor()
      expect(await overhang(page)).toBe(0)
      await page.getByRole('listitem').filter({ hasText: '合唱新歌排练' }).getByRole('button', { name: '退订' }).click()
      await page.getByText('已退订。').first().waitFor()
    })
  }
  expect(await sql()`select distinct status from public.venue_bookings where team_id is not null and purpose = '合唱新歌排练'`).toEqual([{ status: 'cancelled' }])
})
