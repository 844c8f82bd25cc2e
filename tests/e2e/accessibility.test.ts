// Every page, in both modes: no violation that axe can find, letters and targets as large as promised, nothing wider than the phone.
import type { Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { DEMO_RESIDENTS } from '../../demo/accounts.ts'
import { violationsOf } from '../fixtures/axe.ts'
import { type Visit, open, overhang, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, codeSentTo, signedIn } from '../fixtures/portal.ts'

// Many pages a test, and axe takes a second or two for each where several of them wait for two cores.
vi.setConfig({ testTimeout: 240_000 })

const { visit, sql } = useBrowser()
const VIDEO = '/courses/leftover-food-safety/keep-and-reheat'
const TEXT = '/courses/first-smartphone/chat-on-wechat'

// In pieces that take about as long as each other.
const FOR_EVERYBODY = [
  ['/', '/courses', '/courses?audience=infant_parents&page=9', '/courses/spot-the-scam', VIDEO, TEXT],
  ['/micro-lectures', '/venues', '/venues?words=没有这个', '/lecturers', '/lecturers?words=没有这个', '/schools', '/schools/QJ-YX', '/schools/QJ-YX-01-S', '/news', '/news/citrus-course', '/no-such-page', '/credits/rules', '/credits/rewards', '/credits/points', '/figures', '/verify', '/verify?code=12', '/verify/000000000000', '/credits/honours', '/credits/honours/board'],
  ['/activities', '/activities?day=week&free=yes&words=手机', '/activities?place=QJ-YX-01-S&words=没有这个', '/check-in'],
  ['/help', '/help/credits', '/help/staff-guide', '/help/running-activities', '/policies/privacy', '/policies/terms', '/policies/volunteers', '/volunteers', '/sign-in/staff', '/sign-in/code'],
]
const ENROLLED = ['/', '/courses', '/micro-lectures', '/courses/first-smartphone', VIDEO, TEXT]
const DESK = [
  '/desk', '/desk/metrics?unit=QJ-YX&group=rural_outgoing', '/desk/metrics?unit=QJ-YX&category=organised&group=elderly', '/desk/metrics?unit=QJ-YX-01&axis=organiser',
  '/desk/metrics/people?unit=QJ-YX-01', '/desk/metrics/records?unit=QJ-YX-01', '/desk/metrics/network?unit=QJ-YX', '/desk/metrics/week?unit=QJ-YX-01', '/desk/metrics/credits?unit=QJ-YX-01', '/desk/metrics/ranges?unit=QJ-YX-01', '/desk/metrics/ranges/1',
  '/desk/metrics/ranges/1/records', '/desk/head-counts?unit=QJ-YX-01', '/desk/periods', '/desk/periods/2/QJ-YX-01',
  '/desk/periods/2/QJ-YX', '/desk/network?unit=QJ-YX', '/desk/network/QJ-YX-01', '/desk/network?unit=QJ-YX-01&on=2020-01-01', '/desk/network/missing', '/desk/network/days-off?year=2027',
  '/desk/network/units?unit=QJ-YX&computers=10&closed=yes', '/desk/network/units?unit=QJ-YX-01&zone=demonstration', '/desk/network/find?for=network&words=qx',
  '/desk/network/find?words=没有这个', '/desk/network/acts?unit=QJ-YX&from=2010-01-01', '/desk/network/QJ-YX-01-01/edit', '/desk/network/QJ-YX-01/add',
  '/desk/network/QJ-YX-01-01/history', '/desk/periods/approval', '/desk/network/QJ-YX-01-01/act?act=close&day=2026-11-20', '/desk/network/QJ-YX-01-01/act?act=split',
  '/desk/populations?unit=QJ-YX-01', '/desk/populations/gaps', '/desk/populations/history?unit=QJ-YX-01-01', '/desk/populations/approval', '/desk/posts/roles',
  '/desk/password', '/desk/second-factor', '/desk/imports', '/desk/imports/new?kind=participation', '/desk/imports/new?kind=populations', '/desk/people',
  '/desk/people/new?unit=QJ-YX-01', '/desk/people/200', '/desk/people/duplicates?unit=QJ-YX-01', '/desk/people/wards?unit=QJ-YX-01', '/desk/people/compare?one=200&other=201',
  '/desk/people/cards?unit=QJ-YX-01-02', '/desk/people?name=王', '/desk/people?name=%25', '/desk/people?unit=QJ-YX-01&lacks=phone', '/desk/credits',
  '/desk/credits/reconciliation', '/desk/credits/rewards?unit=QJ-YX-01-S', '/desk/credits/certificates?unit=QJ-YX', '/desk/credits/classes?unit=QJ-YX-01',
  '/desk/credits/classes/new?unit=QJ-YX-01&like=1', '/desk/credits/classes/1', '/desk/credits/recognition', '/desk/credits/recognition/1', '/desk/credits/recognition/pairs',
  '/desk/credits/corrections?unit=QJ-YX-01', '/desk/credits/corrections/200', '/desk/credits/reratings', '/desk/credits/reratings/1', '/desk/credits/honours?unit=QJ-YX-01',
  '/desk/credits/awards?unit=QJ-YX-01', '/desk/activities?unit=QJ-YX-01', '/desk/activities/new?unit=QJ-YX-01', '/desk/activities/week?unit=QJ-YX-01',
  '/desk/activities/term?unit=QJ-YX-01', '/desk/activities/materials?unit=QJ-YX-01', '/desk/activities/feedback?unit=QJ-YX-01', '/desk/venues?unit=QJ-YX-01',
  '/desk/venues/new?unit=QJ-YX-01', '/desk/venues/1', '/desk/venues/2/edit', '/desk/lecturers?unit=QJ-YX-01', '/desk/lecturers/reach?unit=QJ-YX',
  '/desk/activities/no-shows?unit=QJ-YX-01', '/desk/activities/records?unit=QJ-YX-01', '/desk/activities/again?unit=QJ-YX-01', '/desk/activities/reviews?unit=QJ-YX',
  '/desk/activities/embed?unit=QJ-YX-01', '/desk/volunteers?unit=QJ-YX-01', '/desk/volunteers/1', '/desk/volunteers/teams?unit=QJ-YX-01-S',
  '/desk/volunteers/service?unit=QJ-YX-01-S', '/desk/volunteers/service/2', '/desk/volunteers/shifts/7', '/desk/volunteers/shifts/screen/7', '/desk/volunteers/disputes?unit=QJ-YX-01',
  '/desk/metrics?unit=NOWHERE',
]
const DESK_PIECES = Array.from({ length: Math.ceil(DESK.length / 12) }, (_, at) => DESK.slice(at * 12, at * 12 + 12))
/** Refusals of a page, which the browser writes to its console as well. */
const allow = [/status of 40[134]/]

const LEAST = { standard: { letters: 18, targets: 48 }, elder: { letters: 22, targets: 60 } }

async function check(page: Page, name: string, mode: 'standard' | 'elder', { withAxe = true } = {}): Promise<string[]> {
  const { letters, targets } = LEAST[mode]
  const faults = withAxe ? await violationsOf(page) : []
  const { font, small, lang } = await measure(page, targets)
  if (lang !== 'zh-CN') faults.push(`the language is ${lang}`)
  if (font < letters) faults.push(`the text is ${font} px`)
  faults.push(...small.map(target => `smaller than ${targets} px: ${target}`), ...await widerThanItsWindow(page, mode))
  return faults.map(fault => `${name}, ${mode}: ${fault}`)
}

/** Pages of the desk, each on its own screen, on a phone, and there in 长辈版, which at the desk is a matter of style sheets alone. */
const atTheDesk = (paths: readonly string[], as: Visit['as']) => visit({ as, allow }, async (page) => {
  const [phone, screen] = [{ width: 360, height: 780 }, { width: 1280, height: 780 }]
  const faults: string[] = []
  for (const path of paths) {
    await page.setViewportSize(screen)
    await open(page, path)
    faults.push(...(await violationsOf(page)).map(fault => `${path}, at 1280 px: ${fault}`))
    if (await overhang(page)) faults.push(`${path}: wider than its window of 1280 px`)
    await page.setViewportSize(phone)
    faults.push(...await check(page, path, 'standard', { withAxe: false }))
    await page.evaluate(() => { document.documentElement.dataset.mode = 'elder' })
    faults.push(...await check(page, path, 'elder'))
  }
  expect(faults).toEqual([])
})

for (const mode of ['standard', 'elder'] as const) {
  const inOrder = (paths: readonly string[], options: Visit) => visit({ mode, allow, ...options }, async (page) => {
    const faults: string[] = []
    for (const path of paths) {
      await open(page, path)
      if (path === VIDEO) await page.getByRole('button', { name: '播放视频' }).waitFor()
      faults.push(...await check(page, path, mode))
    }
    expect(faults).toEqual([])
  })

  describe.concurrent(`in ${mode === 'elder' ? '长辈版' : 'the standard version'} every page is accessible, large enough and no wider than the phone`, () => {
    it.each(FOR_EVERYBODY.map(paths => [paths.join(' '), paths] as const))('for everybody: %s', (_name, paths) => inOrder(paths, {}))

    it('signed in, with a history', () => inOrder(['/my', '/my/no-shows', '/my/family', '/my/together', '/my/records', '/card', '/passbook', '/credits/check', '/credits/rewards', '/credits/recognition', '/credits/statement', '/credits/honours', '/credits/honours/board', '/credits/awards', '/credits/points', '/credits/certificates', '/credits/transcript'], { as: DEMO_RESIDENTS.elder }))

    it('activities as a visitor and as somebody who signed up, waits and was told', async () => {
      const codes = await sql()`select code from public.activities where title in ('亲子剪纸', '手机班：拍照、挂号、防骗', '柑橘节文艺演出', '户外写生', '秋季读书会', '育婴员技能培训')`
      const paths = codes.map(({ code }) => `/activities/${code as string}`)
      expect(paths).toHaveLength(6)
      await inOrder(paths, {})
      await inOrder([...paths, '/my/activities', '/my/calendar', '/my/seats', '/feedback', '/volunteers', '/my/service', '/my/team-rooms'], { as: DEMO_RESIDENTS.elder })
    })

    it('a draw to come and one that is over', async () => {
      const draws = await sql()`select code from public.activities where title in ('腊味香肠制作', '木版年画体验')`
      await inOrder(draws.flatMap(({ code }) => [`/draws/${code as string}`, `/activities/${code as string}`]), { as: DEMO_RESIDENTS.elder })
    })

    it('a certificate, its check and a transcript', async () => {
      const learner = await takeLearner(sql())
      await sql()`select private.want_credential('honour', ${learner.personId}, 'axe', (select id from public.units where code = 'QJ-YX-01'), '{"title": "学习之星"}')`
      const [{ code }] = await sql()`select code from public.credentials where person_id = ${learner.personId}` as unknown as [{ code: string }]
      await inOrder(['/credits/certificates', `/credits/certificates/${code}`, `/verify/${code}`, '/credits/transcript'], { as: learner })
    })

    it('signed in and enrolled', async () => {
      const learner = await takeLearner(sql())
      const cookie = await signedIn(sql(), learner)
      for (const course of ['first-smartphone', 'leftover-food-safety']) await ask(`/api/courses/${course}/enrolment`, { method: 'POST', body: {}, cookie })
      await inOrder(ENROLLED, { as: learner })
    })

    it('a newcomer, and forms with every error', () => visit({ mode, allow: [...allow, /status of 422/] }, async (page, context) => {
      const phone = mode === 'elder' ? '13300000001' : '13300000002'
      await ask('/api/identity/codes', { method: 'POST', body: { phone } })
      await open(page, '/sign-in')
      await page.locator('main').getByRole('button', { name: '登录', exact: true }).click()
      await page.getByText('验证码是 6 位数字。').waitFor()
      const faults = await check(page, '/sign-in with errors', mode)
      expect((await context.request.post('/api/identity/phone-session', { data: { phone, code: codeSentTo(phone) } })).status()).toBe(200)
      await open(page, '/welcome')
      faults.push(...await check(page, '/welcome', mode))
      await page.getByRole('button', { name: '保存，开始学习' }).click()
      await page.getByText('请填写姓名').waitFor()
      expect([...faults, ...await check(page, '/welcome with errors', mode)]).toEqual([])
    }))

    it('the page that says something broke', () => visit({ mode, allow: [/status of 500/, /\[nuxt\]/] }, async (page) => {
      await open(page, '/courses')
      await page.route('**/api/courses/*', route => route.fulfill({ status: 500, json: { code: 'unforeseen', message: '', details: {} } }))
      await page.getByRole('article').first().getByRole('link').click()
      await page.getByRole('heading', { level: 1, name: '网站出了点问题' }).waitFor()
      expect(await check(page, 'error', mode)).toEqual([])
    }))

    it('a video that plays, with what is missing', async () => {
      const learner = await takeLearner(sql())
      await ask('/api/courses/leftover-food-safety/enrolment', { method: 'POST', body: {}, cookie: await signedIn(sql(), learner) })
      await visit({ mode, as: learner }, async (page) => {
        await open(page, VIDEO)
        await page.getByRole('button', { name: '播放视频' }).click()
        await page.waitForFunction(() => document.querySelector('video')!.currentTime > 1)
        await page.locator('.video-js').hover()
        await page.getByRole('button', { name: '暂停' }).click()
        await page.getByText('还没看的：').waitFor()
        expect([...await check(page, 'playing', mode), ...await cutOffControls(page)]).toEqual([])
      })
    })
  })
}

describe.concurrent('every page of the desk is accessible on its screen and on a phone, in both versions', () => {
  it.each(DESK_PIECES.map(paths => [paths.join(' '), paths] as const))('%s', (_name, paths) => atTheDesk(paths, { username: 'city' }))

  it('of the security administrator and of the auditor', async () => {
    await atTheDesk(['/desk/posts', '/desk/posts/rules', `/desk/posts/${await staffOf('qingxi')}`, '/desk/posts/find?name=王秀'], { username: 'security' })
    await atTheDesk(['/desk/audit'], { username: 'audit' })
  })

  // With people on its list, one of whom is marked: overview, form, sign-ups, attendance and what is printed.
  it('of an activity', async () => {
    const cookie = await signedIn(sql(), { username: 'qingxi' })
    const post = <T>(path: string, body: object) => ask<T>(`/api/desk/activities${path}`, { method: 'POST', cookie, body })
    const { body: { id } } = await post<{ id: number }>('', {
      'unit': 'QJ-YX-01-S', 'title': '太极拳入门', 'kind': 'training', 'form': 'training', 'category': 'health', 'venue': '文化广场', 'room': '一楼', 'lecturer': '何老师', 'phone': '0900-123456', 'signUp': 'session', 'seats': '1',
      's0.date': '2099-03-02', 's0.start': '09:00', 's0.end': '10:00', 's1.date': '2099-03-02', 's1.start': '14:00', 's1.end': '15:00',
    })
    await post(`/${id}/publication`, {})
    const { body: { sessions } } = await ask<{ sessions: { id: number, seats: { pool: number } }[] }>(`/api/desk/activities/${id}`, { cookie })
    const people = await sql()`select person.id::integer from public.persons person join public.units home on home.id = person.residence_unit_id where home.code like 'QJ-YX-01-%' and person.birth_year < 1990 and person.counts_as is null order by person.id limit 3`
    for (const person of people) await post(`/${id}/signups`, { pool: sessions[0]!.seats.pool, person: person.id, consent: 'present' })
    await sql()`update public.activity_sessions set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where id = ${sessions[0]!.id}`
    await post(`/sessions/${sessions[0]!.id}/marks`, { person: people[0]!.id })
    await atTheDesk([`/desk/activities/${id}`, `/desk/activities/${id}/edit`, `/desk/activities/${id}/signups`, `/desk/activities/${id}/poster`, `/desk/activities/sessions/${sessions[0]!.id}`, `/desk/activities/sessions/${sessions[0]!.id}/sheet`, `/desk/activities/sessions/${sessions[0]!.id}/screen`, `/desk/activities/sessions/${sessions[0]!.id}/entry`, `/desk/door/${sessions[0]!.id}`, `/desk/activities/sessions/${sessions[0]!.id}/materials`, `/desk/activities/sessions/${sessions[0]!.id}/materials/press_note`, `/desk/activities/sessions/${sessions[0]!.id}/feedback`, `/desk/activities/sessions/${sessions[0]!.id}/helpers`], { username: 'qingxi' })
  })
})

describe.concurrent('in English nothing of the interface is Chinese', () => {
  const CJK = /\p{Script=Han}/u
  // Texts that exist in English are checked whole, the others in what surrounds their Chinese content.
  const WHOLE = ['/sign-in', '/sign-in/staff', '/sign-in/code', '/help', '/help/sign-in', '/help/credits', '/help/taking-courses', '/policies/privacy', '/policies/terms', '/news', '/news/citrus-course', '/no-such-page', '/credits/rules', '/credits/rewards', '/credits/points', '/figures', '/verify', '/verify/000000000000']
  const AROUND = ['/', '/courses', '/courses/spot-the-scam', TEXT, VIDEO, '/micro-lectures', '/schools', '/schools/QJ-YX-01-S']

  async function chineseIn(page: Page, path: string, within: string): Promise<string[]> {
    await open(page, path)
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
    const said = await page.evaluate((within) => {
      const texts = [document.title]
      const spoken = (element: Element) => !element.closest('[lang="zh-CN"], script, style, select[name="category"], select[name="audience"]')
      for (const root of document.querySelectorAll(within)) {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
        while (walker.nextNode()) if (spoken(walker.currentNode.parentElement!)) texts.push(walker.currentNode.textContent!)
      }
      for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')) {
        if (spoken(element) && !element.closest('video, section[aria-label]')) texts.push(...['aria-label', 'placeholder', 'title', 'alt'].map(name => element.getAttribute(name) ?? ''))
      }
      return texts
    }, within)
    return said.map(text => text.trim()).filter(text => CJK.test(text)).map(text => `${path}: ${text}`)
  }

  it('on pages whose texts exist in English', () => visit({ lang: 'en', allow }, async (page) => {
    const names = await namesOfTheRegion()
    const found: string[] = []
    for (const path of WHOLE) found.push(...await chineseIn(page, path, 'body'))
    expect(found.filter(text => CJK.test(names.reduce((rest, name) => rest.replaceAll(name, ''), text)))).toEqual([])
  }))

  it('around Chinese courses and schools', () => visit({ lang: 'en' }, async (page) => {
    const names = await namesOfTheRegion()
    const found: string[] = []
    for (const path of AROUND) found.push(...await chineseIn(page, path, 'header a, header span, footer, nav:not([aria-label="You are here"]), form label, button, legend, dt'))
    const titles = await sql()`select title as name from public.courses union select title from public.lessons union select name from public.units`
    const data = [...names, ...titles.map(({ name }) => name as string)].sort((a, b) => b.length - a.length)
    expect(found.filter(text => CJK.test(data.reduce((rest, name) => rest.replaceAll(name, ''), text)))).toEqual([])
  }))

  it('for somebody signed in and new', () => visit({ lang: 'en' }, async (page, context) => {
    const phone = '13300000003'
    await ask('/api/identity/codes', { method: 'POST', body: { phone } })
    await context.request.post('/api/identity/phone-session', { data: { phone, code: codeSentTo(phone) } })
    const names = await namesOfTheRegion()
    const found = await chineseIn(page, '/welcome', 'body')
    const places = await sql()`select name from public.units`
    const data = [...names, ...places.map(({ name }) => name as string)].sort((a, b) => b.length - a.length)
    expect(found.filter(text => CJK.test(data.reduce((rest, name) => rest.replaceAll(name, ''), text)))).toEqual([])
  }))

  it('at the desk', () => visit({ lang: 'en', as: { username: 'city' }, width: 1280, allow }, async (page) => {
    const found: string[] = []
    for (const path of ['/desk', '/desk/metrics', '/desk/metrics?axis=organiser', '/desk/head-counts', '/desk/periods', '/desk/periods/2/QJ-YX', '/desk/metrics/people', '/desk/metrics/records', '/desk/metrics/ranges', '/desk/metrics/ranges/1', '/desk/network', '/desk/people?name=王', '/desk/people?unit=QJ-YX-01', '/desk/people/duplicates?unit=QJ-YX-01', '/desk/imports', ...['participation', 'persons', 'populations', 'units', 'activities'].map(kind => `/desk/imports/new?kind=${kind}`),
      '/desk/populations', '/desk/posts', '/desk/activities']) found.push(...await chineseIn(page, path, 'nav ul, thead, label, legend, button'))
    const places = (await sql()`select name from (select name from public.units union select title from public.head_counts) named order by length(name) desc`).map(({ name }) => name as string)
    expect(found.filter(text => CJK.test(places.reduce((rest, name) => rest.replaceAll(name, ''), text)))).toEqual([])
  }))

  async function namesOfTheRegion(): Promise<string[]> {
    const { body } = await ask<{ region: string, host: string }>('/api/site')
    return [body.host, body.region]
  }
})

async function staffOf(username: string): Promise<number> {
  return Number((await sql()`select person_id from identity.accounts where username = ${username}`)[0]!.person_id)
}

/** The size of the text, and the buttons and ways on that a finger would miss. */
async function measure(page: Page, least: number): Promise<{ font: number, lang: string, small: string[] }> {
  return page.evaluate((least) => {
    const shown = [...document.querySelectorAll<HTMLElement>('button, nav a, input:not([type="hidden"]):not([type="radio"]):not([type="checkbox"]), label:has(input[type="radio"], input[type="checkbox"]), select')]
      .filter(element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.vjs-hidden, [aria-hidden="true"]'))
    const small = shown.filter((element) => {
      const { width, height } = element.getBoundingClientRect()
      return height > 1 && (Math.round(height) < least || (element.tagName === 'BUTTON' && Math.round(width) < least))
    })
    const sizeOf = (element: Element) => { const { width, height } = element.getBoundingClientRect(); return `${Math.round(width)}×${Math.round(height)}` }
    return {
      font: Math.min(...[document.body, ...document.querySelectorAll('.prose')].map(element => parseFloat(getComputedStyle(element).fontSize))),
      lang: document.documentElement.lang,
      small: small.map(element => `${sizeOf(element)} ${element.outerHTML.replace(/ class="[^"]*"/g, '').slice(0, 100)}`),
    }
  }, least)
}

/** Controls that stick out of the player, on the narrowest phones and with the largest letters. */
async function cutOffControls(page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const width of [320, 360]) {
    await page.setViewportSize({ width, height: 780 })
    for (const size of ['1', '2', '3']) {
      const outside = await page.evaluate((size) => {
        document.documentElement.dataset.size = size
        const player = document.querySelector('.video-js')!.getBoundingClientRect()
        const controls = [...document.querySelectorAll('.vjs-control-bar > .vjs-control')].filter(control => control.checkVisibility())
        if (controls.length < 4) return ['fewer than four controls']
        return controls.filter((control) => { const { left, right } = control.getBoundingClientRect(); return left < player.left - 1 || right > player.right + 1 }).map(({ className }) => className)
      }, size)
      faults.push(...outside.map(control => `${width} px, size ${size}: ${control}`))
    }
  }
  return faults
}

/** On the narrowest phone, and in 长辈版 with the largest letters. */
async function widerThanItsWindow(page: Page, mode: 'standard' | 'elder'): Promise<string[]> {
  const faults: string[] = []
  const size = page.viewportSize()!
  await page.setViewportSize({ ...size, width: 320 })
  if (await overhang(page)) faults.push(`${await overhang(page)} px too wide at 320 px`)
  await page.setViewportSize(size)
  if (mode === 'elder') {
    await page.evaluate(() => { document.documentElement.dataset.size = '3' })
    if (await overhang(page)) faults.push(`${await overhang(page)} px too wide with the largest letters`)
    await page.evaluate(() => { document.documentElement.dataset.size = '1' })
  }
  return faults
}
