// A class of paper names at the keyboard: chosen, looked at, entered, taken back; on a desk's screen and on a phone, and without scripts.
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const as = { username: 'qingxi' } as const

it.each([360, 1280])('is entered by the keyboard and corrected at %d px', width => visit({ as, width, height: 900, allow: [/status of 422/] }, async (page) => {
  await open(page, '/desk/credits/classes')
  await page.getByRole('link', { name: '登记一堂课' }).click()
  await page.getByLabel('课名').fill(`合唱排练 ${width}`)
  await page.getByLabel('类别').selectOption('culture_leisure')
  await page.getByLabel('哪天').fill('2026-11-02')
  await page.getByLabel('几点开始').fill(width === 360 ? '09:00' : '15:00')
  await page.getByLabel('分钟').fill('50')
  const find = page.getByLabel('加一个人')
  const options = page.getByRole('listbox', { name: '可能是' }).getByRole('option')
  for (const [index, typed] of ['王', 'li', 'zhang'].entries()) {
    await find.fill(typed)
    await options.first().waitFor()
    await find.press('ArrowDown')
    await find.press('Enter')
    await page.getByText(`共 ${index + 1} 人`).waitFor()
    expect(await find.inputValue()).toBe('')
  }
  // The same person a second time is said and not added.
  await find.fill('王')
  await options.first().waitFor()
  await find.press('ArrowDown')
  await find.press('Enter')
  await page.getByText('已经在名单里，没有重复加').waitFor()
  await page.getByRole('button', { name: '先看结果' }).click()
  await page.getByRole('heading', { name: '会这样记，还没有登记' }).waitFor()
  expect(await page.getByRole('table').getByRole('row').count()).toBe(4)
  expect(await overhang(page)).toBe(0)
  await page.getByRole('button', { name: '登记并记学分' }).click()
  await page.getByText('已登记 3 人。').waitFor()
  const register = Number(new URL(page.url()).pathname.split('/').at(-1))
  await page.getByText('没来，撤回').first().click()
  await page.getByRole('button', { name: '撤回登记和学分' }).first().click()
  await page.getByText('请写').first().waitFor()
  await page.getByLabel('为什么撤回').first().fill('签到表看错一行')
  await page.getByRole('button', { name: '撤回登记和学分' }).first().click()
  await page.getByText('已撤回，学分一并退了。').waitFor()
  await page.getByText('签到表看错一行').waitFor()
  const [counted] = await sql()`select count(*)::integer as entries from class_register_entries where register_id = ${register}`
  expect(counted!.entries).toBe(3)
}))

it('is entered without scripts, one step at a time', () => visit({ as, width: 1280, height: 900, javaScriptEnabled: false }, async (page) => {
  await page.goto('/desk/credits/classes/new')
  await page.getByLabel('课名').fill('书法')
  await page.getByLabel('类别').selectOption('traditional_culture')
  await page.getByLabel('哪天').fill('2026-11-03')
  await page.getByLabel('分钟').fill('45')
  await page.getByLabel('加一个人').fill('王')
  await page.getByRole('button', { name: '查找' }).click()
  await page.getByRole('button', { name: /^加入 / }).first().click()
  await page.getByText('来了哪些人（1 人）').waitFor()
  expect(await page.getByLabel('课名').inputValue()).toBe('书法')
  await page.getByRole('button', { name: '先看结果' }).click()
  await page.getByRole('heading', { name: '会这样记，还没有登记' }).waitFor()
  await page.getByRole('button', { name: '登记并记学分' }).click()
  await page.getByText('已登记 1 人。').waitFor()
}))
