// One-time codes as staff meet them: set up, used at the next sign-in, replaced by a backup code, also on a phone and without scripts.
import { randomUUID } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'
import { codeSentTo, lookupOf } from '../fixtures/portal.ts'
import { appCode, untilCodesStay } from '../fixtures/totp.ts'

const { visit, sql } = useBrowser()
const PASSWORD = 'Bamboo-2026-x'
beforeEach(() => sql()`delete from identity.limits`)
afterAll(() => sql()`delete from identity.limits`)

async function person(name: string, role: string): Promise<number> {
  const [made] = await sql()`insert into public.persons (name, sex, birth_year, residence_unit_id) select ${name}, 'male', 1980, id from public.units where code = 'QJ-YX-01-01' returning id::integer`
  await sql()`insert into public.posts (person_id, unit_id, role_id, valid_from) select ${made!.id}, id, ${role}, private.china_date(now()) from public.units where code = 'QJ-YX-01'`
  return made!.id as number
}

/** Somebody of the school with a user name and a password. */
async function staff(): Promise<string> {
  const username = `codes.${randomUUID().slice(0, 8)}`
  const [account] = await sql()`insert into identity.accounts (email, username, display_username, person_id) values (${`${username}@accounts.invalid`}, ${username}, ${username}, ${await person('钱口令', 'manager')}) returning id`
  await sql()`insert into identity.credentials (account_id, provider_id, provider_account_id, password_hash) values (${account!.id}, 'credential', ${account!.id}, ${await hashPassword(PASSWORD)})`
  return username
}

/** Wrong now and for a while, and another one each time: whatever was tried before is told as used. */
const tried = new Set<string>()
function wrongFor(secret: string): string {
  const right = [-2, -1, 0, 1, 2, 3].map(step => appCode(secret, step))
  const code = Array.from({ length: 100 }, (_, nth) => String(nth).padStart(6, '0')).find(one => !right.includes(one) && !tried.has(one))!
  tried.add(code)
  return code
}
const codes = (page: Page) => page.locator('ul.font-mono li').allTextContents()

describe.each([[360, true], [1280, true], [360, false]] as const)('one-time codes at %i, with scripts: %s', (width, javaScriptEnabled) => {
  it('are set up, asked for at the next sign-in, and replaced by a backup code', async () => {
    const username = await staff()
    await visit({ width, height: 800, javaScriptEnabled, allow: [/status of 4(?:01|22)/] }, async (page) => {
      const to = (path: string) => javaScriptEnabled ? open(page, path) : page.goto(path)
      const settled = async () => { if (javaScriptEnabled) await alive(page) }
      const fits = async () => { if (javaScriptEnabled) expect(await overhang(page), page.url()).toBe(0) }
      async function signIn(): Promise<void> {
        await to('/sign-in/staff')
        await page.getByLabel('用户名').fill(username)
        await page.getByLabel('密码').fill(PASSWORD)
        await page.locator('form[action="/api/identity/staff-session"]').getByRole('button').click()
      }

      await signIn()
      await page.waitForURL(/\/desk$/)
      await to('/desk/second-factor')
      await fits()
      await page.getByLabel('登录密码').fill('wrong')
      await page.getByRole('button', { name: '下一步' }).click()
      await page.locator('[aria-invalid="true"]').waitFor()
      await page.getByLabel('登录密码').fill(PASSWORD)
      await page.getByRole('button', { name: '下一步' }).click()
      await page.getByAltText('开通动态口令的二维码').waitFor()
      await fits()
      const secret = (await page.locator('code').textContent())!
      const backup = await codes(page)
      expect(backup).toHaveLength(10)

      // A wrong first code loses nothing.
      await page.getByLabel('应用里显示的六位数字').fill(wrongFor(secret))
      await page.getByRole('button', { name: '开通' }).click()
      await page.getByText('口令不对').waitFor()
      expect(await page.getByAltText('开通动态口令的二维码').isVisible()).toBe(true)
      expect([await page.locator('code').textContent(), await codes(page)]).toEqual([secret, backup])
      // Of the two that hold at this moment the first, so that the other is left for the sign-in.
      await untilCodesStay(15)
      await page.getByLabel('应用里显示的六位数字').fill(appCode(secret, -1))
      await page.getByRole('button', { name: '开通' }).click()
      await page.getByText('动态口令已开通').waitFor()
      // Nor does the right one: the backup codes stay until somebody says that they are kept.
      expect(await codes(page)).toEqual(backup)
      expect(await page.locator('code').count()).toBe(0)
      await fits()
      await page.getByRole('button', { name: '我已抄好' }).click()
      await page.getByText('重新生成备用码').first().waitFor()
      expect(await codes(page)).toEqual([])
      expect(await page.content()).not.toContain(backup[0])

      await page.getByRole('button', { name: '退出登录' }).click()
      await page.waitForURL(({ pathname }) => pathname === '/')
      await signIn()
      await page.waitForURL(/\/sign-in\/code/)
      await settled()
      await fits()
      await page.getByLabel('动态口令').fill(wrongFor(secret))
      await page.getByRole('main').getByRole('button', { name: '登录' }).click()
      await page.getByText('口令不对').waitFor()
      await untilCodesStay(12)
      await page.getByLabel('动态口令').fill(appCode(secret))
      await page.getByRole('main').getByRole('button', { name: '登录' }).click()
      await page.waitForURL(/\/desk$/)

      await page.getByRole('button', { name: '退出登录' }).click()
      await page.waitForURL(({ pathname }) => pathname === '/')
      for (const isFirst of [true, false]) {
        await signIn()
        await page.waitForURL(/\/sign-in\/code/)
        await settled()
        await page.getByLabel('动态口令').fill(backup[0]!.toUpperCase())
        await page.getByRole('main').getByRole('button', { name: '登录' }).click()
        if (isFirst) {
          await page.waitForURL(/\/desk$/)
          await page.getByRole('button', { name: '退出登录' }).click()
          await page.waitForURL(({ pathname }) => pathname === '/')
        }
        else { await page.getByText('备用码不对，或者已经用过').waitFor() }
      }
    })
  }, 240_000) // five times in and out, at the pace of codes
})

it.each([[360, true], [1280, false]] as const)('who is let in by a text message alone is told at the door where to go, at %i, with scripts: %s', async (width, javaScriptEnabled) => {
  const phone = javaScriptEnabled ? '13711120001' : '13711120002'
  const id = await person('钱短信', 'publisher')
  await sql()`insert into identity.accounts (email, phone_lookup, person_id) values (${`${phone}@accounts.invalid`}, ${lookupOf(phone)}, ${id})`
  await sql()`update public.sign_in_rules set factor_roles = '{publisher}'`
  try {
    await visit({ width, javaScriptEnabled }, async (page) => {
      await (javaScriptEnabled ? open(page, '/sign-in') : page.goto('/sign-in'))
      await page.getByLabel('手机号').fill(phone)
      await page.getByRole('button', { name: '获取验证码' }).click()
      await page.getByText('验证码已经发到您的手机。').waitFor()
      await page.getByLabel('短信验证码').fill(codeSentTo(phone))
      await page.locator('#sign-in').click()
      await page.waitForURL(/\/my$/)
      await page.goto('/desk')
      await page.getByText('短信登录进不了工作台').waitFor()
      if (javaScriptEnabled) expect(await overhang(page)).toBe(0)
      await page.getByRole('main').getByRole('link', { name: '工作人员登录' }).click()
      await page.getByLabel('用户名').waitFor()
    })
  }
  finally { await sql()`update public.sign_in_rules set factor_roles = '{}'` }
})
