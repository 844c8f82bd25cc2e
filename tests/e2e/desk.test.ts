import { expect, inject, it } from 'vitest'
import { useBrowser } from '../fixtures/browser.ts'

const { visit } = useBrowser()

for (const javaScriptEnabled of [true, false]) {
  it(`a manager goes from a rate to the records behind it ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => visit({ width: 1280, javaScriptEnabled }, async (page) => {
    await page.goto('/desk/metrics')
    await page.getByLabel('用户名').fill('qingxi')
    await page.getByLabel('密码').fill('Linxue-2026')
    await page.locator('form[action="/api/identity/staff-session"]').getByRole('button').click()
    await page.getByLabel('人群', { exact: true }).selectOption('elderly')
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
  }))
}
