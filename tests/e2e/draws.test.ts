// Lots in the browser: entered by residents, drawn at the desk, drawn again by anybody; a missed seat that is explained; the list on another site.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, inject, it } from 'vitest'
import { alive, overhang, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { planActivity } from '../fixtures/planned-activities.ts'

const { visit, sql } = useBrowser()
const DAY = 86_400_000

describe.each([[360, 'standard', true], [1440, 'elder', true], [360, 'standard', false]] as const)('at %d px, %s, scripts %s', (width, mode, javaScriptEnabled) => {
  const settle = async (page: Parameters<typeof alive>[0]) => {
    if (javaScriptEnabled) await alive(page)
    expect(await overhang(page)).toBe(0)
  }

  it('a draw is entered, drawn at the desk, read by everybody and drawn again on a phone', async () => {
    const one = await planActivity(sql(), { inHours: [240], seats: 1, fields: { admission: 'draw', closesAt: new Date(Date.now() + DAY), newcomers: 'first' } })
    for (const learner of [await takeLearner(sql()), await takeLearner(sql())]) {
      await visit({ as: learner, width, mode, javaScriptEnabled }, async (page) => {
        await page.goto(`/activities/${one.code}`)
        await settle(page)
        await page.getByText('这次抽签录取').waitFor()
        await page.getByRole('button', { name: '报名抽签' }).click()
        await page.getByText(/已参加抽签，号码是 \d 号/).waitFor()
        await page.getByRole('link', { name: '抽签规则和结果' }).click()
        await page.getByRole('heading', { name: '怎么抽的' }).waitFor()
        await page.getByText(/报名还没有截止/).waitFor()
        await settle(page)
      })
    }
    await sql()`update public.activities set closes_at = now() - interval '1 minute' where id = ${one.id}`
    await visit({ as: { username: 'qingxi' }, width, mode, javaScriptEnabled }, async (page) => {
      await page.goto(`/desk/activities/${one.id}/signups`)
      await settle(page)
      await page.getByText('现在抽签').first().click()
      await page.getByRole('button', { name: '现在抽签' }).click()
      await page.getByText('已抽签，结果已公布').waitFor()
    })
    await visit({ width, mode, javaScriptEnabled }, async (page) => {
      await page.goto(`/draws/${one.code}`)
      await page.getByText(/2 个号码，1 个名额/).waitFor()
      if (javaScriptEnabled) {
        await alive(page)
        await page.getByRole('button', { name: '在我的手机上再算一遍' }).click()
        await page.getByText('结果一致').waitFor()
      }
      await settle(page)
    })
  }, 120_000)

  it('a missed seat is explained, and excused at the desk', async () => {
    const learner = await takeLearner(sql())
    const one = await planActivity(sql())
    await sql()`with ids as (select nextval(pg_get_serial_sequence('public.signups', 'id')) as id), written as (
      insert into public.signups (id, pool_id, person_id, party_id, status) select id, ${one.pools[0]!}, ${learner.personId}, id, 'confirmed' from ids returning id)
      insert into public.signup_events (signup_id, what, at) select id, 'confirmed', now() - interval '3 days' from written`
    await sql()`update public.seat_pools set taken = 1 where id = ${one.pools[0]!}`
    await sql()`update public.activity_sessions set starts_at = now() - interval '2 days', ends_at = now() - interval '47 hours', confirmed_at = now() where activity_id = ${one.id}`
    await visit({ as: learner, width, mode, javaScriptEnabled }, async (page) => {
      await page.goto('/my/activities')
      await page.getByRole('link', { name: '我的缺席' }).click()
      await page.getByText('现在算 1 次').waitFor()
      await settle(page)
      await page.getByText('说明原因', { exact: true }).click()
      await page.getByText('生病', { exact: true }).click()
      await page.getByRole('button', { name: '发给学校' }).click()
      await page.getByText('已发给学校').waitFor()
    })
    await visit({ as: { username: 'qingxi' }, width, mode, javaScriptEnabled }, async (page) => {
      await page.goto('/desk/activities/no-shows?unit=QJ-YX-01-S')
      await settle(page)
      const row = page.getByRole('row').filter({ hasText: one.title })
      await row.getByText('谅解或答复').click()
      await row.getByLabel('给本人的答复').fill('好好休息')
      await row.getByRole('button', { name: '答复' }).click()
      await page.getByText('已答复。').waitFor()
    })
    await visit({ as: learner, width, mode, javaScriptEnabled }, async (page) => {
      await page.goto('/my/no-shows')
      await page.getByText('学校说：好好休息').waitFor()
      await page.getByText('没有缺席，谢谢您。').waitFor()
    })
  }, 120_000)

  it('the plan asks for a draw and for earlier attendance', () => visit({ as: { username: 'qingxi' }, width, mode, javaScriptEnabled, allow: [/status of 422/] }, async (page) => {
    const one = await planActivity(sql())
    await page.goto(`/desk/activities/${one.id}/edit`)
    if (javaScriptEnabled) await alive(page)
    await page.getByText('凭等级、参加经历报名').click()
    await page.getByLabel('至少参加过几次').fill('2')
    await page.getByLabel('没来过本校的人').selectOption('first')
    await settle(page)
    await page.getByRole('button', { name: '保存修改' }).click()
    await page.getByText('参加过本校的活动至少 2 次').waitFor()
  }), 60_000)
})

it('the list stands in a frame of another site and leads back', () => visit({ width: 720, allow: [/another origin: http:\/\/127\.0\.0\.1/] }, async (page) => {
  const one = await planActivity(sql(), { inHours: [3] })
  const other = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html; charset=utf-8')
    answer.end(`<!doctype html><title>村网站</title><iframe src="${inject('portalUrl')}/embed/schools/QJ-YX-01-S?few=20" style="width:100%;height:700px"></iframe>`)
  })
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  try {
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
    const frame = page.frameLocator('iframe')
    await frame.getByRole('heading', { level: 1 }).waitFor()
    expect(await frame.getByRole('link', { name: new RegExp(one.title) }).getAttribute('href')).toBe(`/activities/${one.code}`)
  }
  finally { other.close() }
}), 60_000)
