// The office corrects the cap of a scope for days in the past: it says of what, and reads who would gain or lose.
import { expect, it } from 'vitest'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit } = useBrowser()

it.each([360, 1280])('a cap at each institution is corrected for a term, at %d px', width => visit({ as: { username: 'city' }, width, height: 900, allow: [/status of 422/] }, async (page) => {
  await open(page, '/desk/credits/reratings')
  await alive(page)
  await page.getByText('更正上限', { exact: true }).click()
  const form = page.locator('form').filter({ has: page.locator('input[name=kind][value=cap]') })
  // Of what is rated by itself: what people decide has no scopes.
  await form.locator('select[name=rule]').selectOption({ label: '参加现场学习' })
  await form.locator('select[name=scope]').selectOption({ label: '每个机构分别计' })
  await form.locator('select[name=capPeriod]').selectOption({ label: '每学期' })
  expect(await overhang(page)).toBe(0)
  await form.locator('input[name=fromDay]').fill('2020-03-02')
  await form.locator('input[name=untilDay]').fill('2020-08-31')
  await form.locator('input[name=capAmount]').fill('600')
  await form.locator('input[name=reason]').fill('那个学期漏设了上限')
  await form.getByRole('button', { name: '开始试算' }).click()
  // A term without its first day can't be corrected; the answer names a whole one.
  await form.getByText(/按整个周期更正/).first().waitFor()
}))
