// Coming in, being known, going out; with scripts and without.
import type { Page } from 'playwright-core'
import { describe, expect, inject, it } from 'vitest'
import { open, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, codeSentTo, lookupOf, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()

let last = 0
/** A number that has never signed in. */
const freshPhone = () => `1350000${String(++last).padStart(4, '0')}`
const signInButton = (page: Page) => page.locator('main').getByRole('button', { name: '登录', exact: true })
const errorBeside = (page: Page, label: string) => page.getByLabel(label).evaluate(field =>
  field.getAttribute('aria-describedby')!.split(' ').map(id => document.getElementById(id)!).find(({ id }) => id.endsWith('-error'))?.innerText ?? null)
const path = (page: Page) => page.url().slice(inject('portalUrl').length)

async function requestCode(page: Page, phone: string): Promise<string> {
  await page.getByLabel('手机号').fill(phone)
  await page.getByRole('button', { name: '获取验证码' }).click()
  await page.getByText('验证码已经发到您的手机。').waitFor().catch(async () => { throw new Error(`No code was sent: ${await page.locator('main').innerText()}`) })
  return codeSentTo(phone)
}
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

/** Chooses the village step by step; without scripts a button takes each step. */
async function chooseVillage(page: Page, press: boolean): Promise<void> {
  for (const [label, choice] of [['区县', '云溪县'], ['乡镇、街道', '清溪镇'], ['村、社区', '吕家冲村']] as const) {
    await page.getByRole('option', { name: choice }).waitFor({ state: 'attached' })
    await page.getByLabel(label).selectOption({ label: choice })
    if (press) await page.getByRole('button', { name: '下一步' }).click()
  }
  await page.waitForURL(/village=\d+/)
}

async function fillIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('姓名').fill(name)
  await page.getByRole('radio', { name: '女' }).check()
  await page.getByLabel('出生年份').fill('1958')
}

describe.concurrent.each([{ how: 'with scripts', javaScriptEnabled: true }, { how: 'without scripts', javaScriptEnabled: false }])('$how', ({ javaScriptEnabled }) => {
  // A fetch that is refused is written to the console; a page that a plain form leads to is not.
  const allow = [/status of 4(?:01|09|22)/]
  const start = (page: Page, to: string) => javaScriptEnabled ? open(page, to) : page.goto(to)

  it('a wrong code is said beside the field, and the number stays', () => visit({ javaScriptEnabled, allow }, async (page) => {
    const phone = freshPhone()
    await start(page, '/sign-in?next=/passbook')
    const code = await requestCode(page, phone)
    expect(await page.getByLabel('手机号').inputValue()).toBe(phone)
    await page.getByLabel('短信验证码').fill(wrong(code))
    await signInButton(page).click()
    await page.getByText('验证码不对').waitFor()
    expect(await errorBeside(page, '短信验证码')).toBe('验证码不对，请再看一遍短信。')
    expect(await page.getByLabel('短信验证码').getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByLabel('手机号').inputValue()).toBe(phone)
    expect(await page.getByLabel('手机号').getAttribute('aria-invalid')).toBeNull()
    if (javaScriptEnabled) expect(await page.getByLabel('短信验证码').evaluate(field => field === document.activeElement)).toBe(true)

    await page.getByLabel('短信验证码').fill(code)
    await signInButton(page).click()
    await page.waitForURL(/\/welcome\?next=(?:%2F|\/)passbook/)
  }))

  it('a number that is none is said beside the field and stays', () => visit({ javaScriptEnabled, allow }, async (page) => {
    await start(page, '/sign-in')
    await page.getByLabel('手机号').fill('1380000')
    await page.getByRole('button', { name: '获取验证码' }).click()
    await page.getByText('请填写 11 位手机号。').waitFor()
    expect(await errorBeside(page, '手机号')).toBe('请填写 11 位手机号。')
    expect(await page.getByLabel('手机号').inputValue()).toBe('1380000')
  }))

  it('the first sign-in leads to an introduction and makes a person; signing out ends it', () => visit({ javaScriptEnabled, allow }, async (page) => {
    const phone = freshPhone()
    const name = javaScriptEnabled ? '周有光' : '周无书'
    await start(page, '/sign-in?next=/passbook')
    await page.getByLabel('短信验证码').waitFor()
    const code = await requestCode(page, phone)
    await page.getByLabel('短信验证码').fill(code)
    await signInButton(page).click()
    await page.waitForURL(/\/welcome/)

    await start(page, path(page))
    await fillIn(page, name)
    await page.getByRole('button', { name: '保存，开始学习' }).click()
    await page.getByText('请选择您住的村或社区。').waitFor()
    expect(await page.getByLabel('姓名').inputValue()).toBe(name)
    expect(await page.getByRole('radio', { name: '女' }).isChecked()).toBe(true)
    expect(await page.getByLabel('出生年份').inputValue()).toBe('1958')

    await chooseVillage(page, !javaScriptEnabled)
    if (!javaScriptEnabled) await fillIn(page, name) // the steps are pages of their own
    expect(await page.getByLabel('姓名').inputValue()).toBe(name)
    await page.getByRole('button', { name: '保存，开始学习' }).click()
    await page.waitForURL(/\/passbook$/)
    await page.getByText(`${name} · 吕家冲村`).waitFor()
    const [person] = await sql()`
      select person.name, person.sex, person.birth_year, home.code from public.persons person join public.units home on home.id = person.residence_unit_id
      join identity.accounts account on account.person_id = person.id where account.phone_lookup = ${lookupOf(phone)}`
    expect(person).toEqual({ name, sex: 'female', birth_year: 1958, code: 'QJ-YX-01-02' })

    await page.goto('/my')
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.waitForURL(/:\d+\/$/)
    expect(await page.locator('header').getByRole('link', { name: '登录' }).count()).toBe(1)
    await page.goto('/my')
    expect(path(page)).toBe('/sign-in?next=/my')
  }))

  it('an introduction without a name, sex or year says so beside each', () => visit({ javaScriptEnabled, allow }, async (page, context) => {
    const phone = freshPhone()
    await ask('/api/identity/codes', { method: 'POST', body: { phone } })
    const answer = await context.request.post('/api/identity/phone-session', { data: { phone, code: codeSentTo(phone) } })
    expect(answer.status()).toBe(200)
    await start(page, '/welcome?county=2')
    await page.getByLabel('姓名').fill('  ')
    await page.getByRole('button', { name: '保存，开始学习' }).click()
    for (const text of ['请填写姓名。', '请选择性别。', '请填写正确的出生年份。', '请选择您住的村或社区。']) await page.getByText(text).waitFor()
    expect(await errorBeside(page, '姓名')).toBe('请填写姓名。')
    expect(await errorBeside(page, '出生年份')).toBe('请填写正确的出生年份。')
    expect(await errorBeside(page, '村、社区')).toBe('请选择您住的村或社区。')
  }))

  it('staff sign in by name and password to the page they asked for; a wrong password keeps the name', () => visit({ javaScriptEnabled, allow, width: 1280 }, async (page) => {
    await start(page, '/desk/network')
    expect(path(page)).toBe('/sign-in/staff?next=/desk/network')
    await page.getByLabel('用户名').fill('qingxi')
    await page.getByLabel('密码').fill('not-this-one')
    await signInButton(page).click()
    await page.getByText('用户名或密码不对。').waitFor()
    expect(await errorBeside(page, '密码')).toBe('用户名或密码不对。')
    expect(await page.getByLabel('用户名').inputValue()).toBe('qingxi')
    await page.getByLabel('密码').fill('Linxue-2026')
    await signInButton(page).click()
    await page.waitForURL(/\/desk\/network$/)
    await page.getByRole('heading', { level: 1, name: '清溪镇' }).waitFor()
  }))

  it('the desk refuses a resident in words', async () => visit({ javaScriptEnabled, as: await takeLearner(sql()), allow: [/status of 403/] }, async (page) => {
    const answer = await page.goto('/desk/people')
    expect(answer!.status()).toBe(403)
    await page.getByText('您的账号没有工作台的岗位。').waitFor()
    expect(await page.getByRole('navigation', { name: '工作台导航' }).count()).toBe(0)
  }))

  it('a course is found by the filter, joined, and its text read to the end', async () => {
    const learner = await takeLearner(sql())
    const [text] = await sql()`
      select lesson.title, course.title as course, course.slug, course.category_id as category from public.lessons lesson
      join public.courses course on course.id = lesson.course_id where lesson.kind = 'text' order by lesson.id limit 1`
    await visit({ javaScriptEnabled, as: learner, allow }, async (page) => {
      await start(page, '/courses')
      await page.getByLabel('学什么').selectOption(text!.category as string)
      await page.getByRole('button', { name: '查看' }).click()
      await page.waitForURL(new RegExp(`category=${text!.category}`))
      await page.getByText('共 1 门课程').waitFor()
      expect(await page.getByLabel('学什么').inputValue()).toBe(text!.category)
      await page.getByRole('link', { name: text!.course as string }).click()
      await page.getByRole('button', { name: '我要学' }).first().click()
      await page.getByText(/学完 0 节/).waitFor()
      await page.getByRole('link', { name: text!.title as string }).click()
      await page.getByRole('heading', { level: 1, name: text!.title as string }).waitFor()
      await page.getByRole('button', { name: '我读完了' }).click()
      await page.getByText(/读得太快了，请再看看，\d+ 秒后再点。/).waitFor()
      await sql()`update public.readings set opened_at = opened_at - interval '2 minutes' where person_id = ${learner.personId}`
      await page.getByRole('button', { name: '我读完了' }).click()
      await page.getByText(/这节课您已经得过学分：[\d.]+ 学分/).waitFor()
    })
  })

  it('a visitor who wants to learn signs in and comes back to the lesson', () => visit({ javaScriptEnabled, allow }, async (page) => {
    const learner = await takeLearner(sql())
    // Other files ask for codes from the same address.
    await sql()`delete from identity.limits`
    await start(page, '/courses/spot-the-scam')
    await page.getByRole('button', { name: '我要学' }).click()
    await page.getByRole('heading', { level: 1, name: '登录' }).waitFor()
    await start(page, path(page))
    await page.getByLabel('短信验证码').fill(await requestCode(page, learner.phone))
    await signInButton(page).click()
    await page.waitForURL(/\/courses\/spot-the-scam\?join=1$/)
    await page.getByRole('button', { name: '我要学' }).click()
    await page.getByRole('link', { name: '开始学' }).waitFor()
  }))

  it('language, 长辈版 and text size change and stay', () => visit({ javaScriptEnabled }, async (page) => {
    const html = () => page.evaluate(() => ({ ...document.documentElement.dataset, lang: document.documentElement.lang }))
    await start(page, '/schools')
    await page.getByRole('button', { name: '长辈版' }).click()
    await page.getByRole('button', { name: '换回标准版' }).waitFor()
    expect(path(page)).toBe('/schools')
    await page.getByRole('button', { name: '特大字' }).click()
    await page.getByRole('button', { name: '特大字', pressed: true }).waitFor()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { level: 1, name: 'Find a school' }).waitFor()
    expect(await html()).toMatchObject({ lang: 'en', mode: 'elder', size: '3' })
    await page.goto('/courses')
    expect(await html()).toMatchObject({ lang: 'en', mode: 'elder', size: '3' })
    await page.getByRole('button', { name: 'Standard version' }).click()
    await page.getByRole('button', { name: 'Elder mode' }).waitFor()
    expect(await html()).toMatchObject({ lang: 'en', mode: 'standard', size: '3' })
  }))
})

it('what was typed before the page came alive is kept', () => visit({}, async (page) => {
  // The scripts are held back until the number is typed.
  const release = Promise.withResolvers<null>()
  await page.route('**/*.js', async (route) => { await release.promise; await route.continue() })
  await page.goto('/sign-in', { waitUntil: 'commit' })
  await page.getByLabel('手机号').fill('13800001234')
  release.resolve(null)
  await page.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating: boolean } }).useNuxtApp?.().isHydrating === false)
  expect(await page.getByLabel('手机号').inputValue()).toBe('13800001234')
}))

it('a session that ended elsewhere leads to sign in, not to an error', async () => {
  const learner = await takeLearner(sql())
  await visit({ as: learner }, async (page, context) => {
    await open(page, '/my')
    await page.getByRole('heading', { level: 1, name: '我的学习' }).waitFor()
    const [cookie] = await context.cookies()
    await ask('/api/identity/sign-out', { method: 'POST', body: {}, cookie: `${cookie!.name}=${cookie!.value}` })
    await page.reload()
    expect(path(page)).toBe('/sign-in?next=/my')
    expect(await signedIn(sql(), learner)).toBeTruthy()
  })
})
