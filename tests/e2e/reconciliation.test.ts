// The region's office has the ledger checked with the progress in sight, reads 0 rows of each rule, and adds a rule of its own.
import { expect, it } from 'vitest'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit } = useBrowser()

it.each([360, 1280])('the ledger is checked and every rule says 0 rows, at %d px', width => visit({ as: { username: 'city' }, width, height: 900 }, async (page) => {
  await open(page, '/desk/credits')
  await page.locator('main').getByRole('link', { name: '对账', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: '对账' }).waitFor()
  await alive(page)
  await page.getByRole('button', { name: '现在对账' }).click()
  await page.getByText(/正在开始对账|正在对账/).first().waitFor()
  await page.getByRole('button', { name: '现在对账' }).waitFor({ timeout: 60_000 })
  await page.getByText(/没有不符/).waitFor()
  const rows = page.getByRole('table', { name: '逐条核对' }).locator('tbody tr')
  const said = await rows.evaluateAll(lines => lines.map(line => [line.querySelector('th strong')!.textContent!.trim(), line.querySelector('td')!.textContent!.trim()]))
  expect(said.filter(([name]) => /^I\d+ /.test(name!)).map(([name]) => name!.split(' ')[0])).toEqual(Array.from({ length: 12 }, (_, index) => `I${index + 1}`))
  expect(said.filter(([, count]) => count !== '0 处')).toEqual([])
  expect(await overhang(page)).toBe(0)
}), 120_000)

it('a rule that is added stands among the rules, for the desk and for learners', () => visit({ as: { username: 'city' }, width: 1280, height: 900 }, async (page) => {
  await open(page, '/desk/credits')
  await page.getByText('新增一条规则').click()
  await page.getByLabel('名称', { exact: true }).fill('社区才艺展演')
  await page.getByLabel('英文名称').fill('Performing at the community show')
  await page.getByRole('button', { name: '新增规则' }).click()
  await page.getByRole('heading', { name: '社区才艺展演' }).waitFor()
  await page.goto('/credits/rules')
  expect(await page.getByText('社区才艺展演').count()).toBeGreaterThan(0)
}))
