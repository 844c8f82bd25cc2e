// Somebody who came and was not counted says so and reads the answer; the school answers by a day, with what a yes does written beside it.
import { describe, expect, it } from 'vitest'
import { alive, overhang, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { planActivity } from '../fixtures/planned-activities.ts'
import { ask, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()

describe.each([[360, true], [1280, true], [360, false]] as const)('at %d px, scripts %s', (width, javaScriptEnabled) => {
  it('a request goes to the school and comes back with a reason', async () => {
    const learner = await takeLearner(sql())
    const one = await planActivity(sql())
    await ask(`/api/activities/${one.code}/signups`, { method: 'POST', body: { pool: one.pools[0] }, cookie: await signedIn(sql(), learner) })
    await sql()`update public.activity_sessions set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where id = ${one.sessions[0]!}`
    await visit({ as: learner, width, javaScriptEnabled }, async (page) => {
      // From where one looks at what was counted.
      await page.goto('/passbook')
      await page.getByRole('link', { name: '来过的活动没算上，在这里提' }).click()
      await page.getByRole('heading', { level: 1, name: '来过没算上？' }).waitFor()
      if (javaScriptEnabled) await alive(page)
      const item = page.getByRole('listitem').filter({ hasText: one.title })
      await item.getByText('不对，请学校更正').click()
      await item.getByLabel('来了，没有算上').check()
      await item.getByLabel('说明一下').fill('我坐在最后一排')
      await item.getByRole('button', { name: '提出' }).click()
      await page.getByText('已提出，学校会在 15 天内答复').waitFor()
      await item.getByText('前答复').waitFor()
      expect(await overhang(page)).toBe(0)
    })
    await visit({ as: { username: 'qingxi' }, width, javaScriptEnabled }, async (page) => {
      await page.goto('/desk/activities/records?unit=QJ-YX-01')
      if (javaScriptEnabled) await alive(page)
      const item = page.getByRole('listitem').filter({ hasText: learner.name }).filter({ hasText: one.title })
      await item.getByText('答复', { exact: true }).first().click()
      await item.getByLabel('照他说的更正').check()
      await item.getByLabel('写给本人的说明').fill('老师记得您')
      expect(await overhang(page)).toBe(0)
      await item.getByRole('button', { name: '答复' }).click()
      await page.getByText('已答复，本人会收到通知').waitFor()
      await item.getByText('已更正：老师记得您').waitFor()
    })
    await visit({ as: learner, width, javaScriptEnabled }, async (page) => {
      await page.goto('/my/activities')
      await page.getByText('学校按您说的更正了：老师记得您').waitFor()
      await page.getByRole('link', { name: '来过没算上？' }).click()
      await page.getByText('已签到，等学校确认').first().waitFor()
    })
  })
})
