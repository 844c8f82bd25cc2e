import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { findChromium } from '../chromium.ts'
import { portalSql, signedIn } from '../fixtures/portal.ts'

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const PAGES = ['/desk', '/desk/metrics?unit=QJ-YX&group=rural_outgoing', '/desk/metrics/people?unit=QJ-YX-01', '/desk/network?unit=QJ-YX', '/desk/network/QJ-YX-01',
  '/desk/people', '/desk/people?name=王', '/desk/people?name=%25', '/desk/metrics?unit=NOWHERE']

let browser: Browser
beforeAll(async () => { browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS }) })
afterAll(() => browser?.close())

async function open(test: (page: Page) => Promise<void>, { username, width = 1280, mode = 'standard', javaScriptEnabled = true }: {
  username?: string
  width?: number
  mode?: 'standard' | 'elder'
  javaScriptEnabled?: boolean
}): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, baseURL: inject('portalUrl'), javaScriptEnabled })
  const url = inject('portalUrl')
  await context.addCookies([{ name: 'mode', value: mode, url }])
  if (username) {
    const sql = portalSql()
    const [name, value] = (await signedIn(sql, { username })).split(/=(.*)/s)
    await sql.end()
    await context.addCookies([{ name: name!, value: value!, url }])
  }
  try { await test(await context.newPage()) }
  finally { await context.close() }
}

for (const javaScriptEnabled of [true, false]) {
  it(`a manager goes from a rate to the records behind it ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => open(async (page) => {
    await page.goto('/desk/metrics')
    await page.getByLabel('用户名').fill('qingxi')
    await page.getByLabel('密码').fill('Linxue-2026')
    await page.locator('form[action="/api/identity/staff-session"]').getByRole('button').click()
    await page.getByLabel('人群').selectOption('elderly')
    await page.getByRole('button', { name: '查看' }).click()
    await page.getByRole('heading', { level: 1, name: '老年人覆盖率' }).waitFor()
    await page.getByRole('link', { name: /清溪镇：\d+ 人，看看是哪些人/ }).click()
    await page.getByRole('heading', { level: 1, name: '学习的老年人' }).waitFor()
    await page.locator('tbody').getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: '的学习记录' }).waitFor()
    expect(await page.getByText('计入覆盖率').count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.waitForURL(inject('portalUrl') + '/')
    await page.goto('/desk')
    expect(new URL(page.url()).pathname).toBe('/sign-in/staff')
  }, { javaScriptEnabled }))
}

it.each([['standard', 360], ['standard', 1280], ['elder', 360]] as const)('every page is accessible and none scrolls sideways, %s at %i px', (mode, width) => open(async (page) => {
  const faults: string[] = []
  page.on('pageerror', error => faults.push(error.message))
  for (const path of PAGES) {
    await page.goto(path)
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
    faults.push(...violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html}`))
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) faults.push(`${path}: wider than the screen`)
  }
  expect(faults).toEqual([])
}, { username: 'city', width, mode }))
