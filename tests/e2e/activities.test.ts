// A resident finds an activity and signs up, waits and is offered a seat, gives it back: with scripts and without, on a phone and on a desk.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { asManager, planActivity } from '../fixtures/planned-activities.ts'
import { alive, overhang, signInAs, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, codeSentTo, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()

describe.each([[360, true], [1280, true], [360, false]] as const)('at %d px, scripts %s', (width, javaScriptEnabled) => {
  const as = (who: { phone: string }, test: (page: Page) => Promise<unknown>) => visit({ as: who, width, height: 900, javaScriptEnabled }, test)
  const go = async (page: Page, path: string) => {
    await page.goto(path)
    if (javaScriptEnabled) await alive(page)
    expect(await overhang(page)).toBe(0)
  }

  it('an activity is found, the last seat taken; who comes later waits, is offered it, takes it', async () => {
    const one = await planActivity(sql())
    const [first, second] = [await takeLearner(sql()), await takeLearner(sql())]
    await as(first, async (page) => {
      await go(page, '/activities')
      await page.getByText('更多条件').click()
      await page.getByLabel('适合谁').selectOption('resident')
      await page.getByLabel('名称、老师或地点').fill(one.title)
      await page.getByRole('button', { name: '查找' }).click()
      await page.getByText('共 1 个活动').waitFor()
      await page.getByText('还有 1 个名额').waitFor()
      await page.getByRole('link', { name: one.title }).click()
      await page.getByRole('heading', { level: 1, name: one.title }).waitFor()
      if (javaScriptEnabled) await alive(page)
      await page.getByRole('button', { name: '我要报名' }).click()
      await page.getByText('已报上名').waitFor()
      expect(await overhang(page)).toBe(0)
    })
    await as(second, async (page) => {
      await go(page, `/activities/${one.code}`)
      await page.getByRole('button', { name: '我要排队' }).click()
      await page.getByText('正在排队，您是下一位').waitFor()
    })
    await as(first, async (page) => {
      await go(page, '/my/activities')
      await page.getByText('取消报名', { exact: true }).click()
      await page.getByRole('button', { name: '确定取消' }).click()
      await page.getByText('还没有报名').waitFor()
    })
    await as(second, async (page) => {
      await go(page, '/my/activities')
      await page.getByText('有名额了！').waitFor()
      await page.getByRole('button', { name: '接受名额' }).click()
      await page.getByText('已报上名').waitFor()
      await page.getByText('有名额了，请在').waitFor()
      await page.getByRole('button', { name: '都看过了' }).click()
      await page.getByRole('button', { name: '都看过了' }).waitFor({ state: 'detached' })
    })
    expect(await sql()`select * from private.seat_faults()`).toEqual([])
  }, 120_000)

  it('a term is signed up for once, one lesson missed and not after all; the calendar’s address is shown once', async () => {
    const term = await planActivity(sql(), { signUp: 'term', seats: 3, inHours: [100, 124] })
    await as(await takeLearner(sql()), async (page) => {
      await go(page, `/activities/${term.code}`)
      await page.getByRole('button', { name: '我要报名' }).click()
      await page.getByText('已报上名').waitFor()
      await page.getByRole('button', { name: '这次请假' }).first().click()
      await page.getByText('已请假', { exact: true }).waitFor()
      await page.getByRole('button', { name: '不请假了' }).click()
      await page.getByText('已请假', { exact: true }).waitFor({ state: 'detached' })
      await go(page, '/my/activities')
      await page.getByRole('button', { name: '做一个地址' }).click()
      const address = await page.getByText('/calendar.ics?key=').textContent()
      expect((await fetch(address!.trim())).status).toBe(200)
      await go(page, '/my/activities')
      expect(await page.getByText('/calendar.ics?key=').count()).toBe(0)
      await go(page, `/my/calendar?month=${new Date(Date.now() + 100 * 3_600_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 7)}`)
      await page.getByRole('link', { name: term.title }).first().waitFor()
      await page.getByText('有名额').first().waitFor()
    })
  })

  it('one session is changed for another; what does not fit is said beside the form', async () => {
    const two = await planActivity(sql(), { inHours: [72, 96], seats: 2 })
    const old = await planActivity(sql(), { fields: { youngest: 110 } })
    await visit({ as: await takeLearner(sql()), width, height: 900, javaScriptEnabled, allow: [/status of 409/] }, async (page) => {
      await go(page, `/activities/${two.code}`)
      await page.getByRole('button', { name: '我要报名' }).first().click()
      await page.getByText('已报上名').waitFor()
      await page.getByText('换一场', { exact: true }).click()
      await page.getByRole('button', { name: /^换到/ }).click()
      await expect.poll(async () => (await sql()`select count(*)::integer as count from public.signups where pool_id = ${two.pools[1]!} and status = 'confirmed'`)[0]!.count).toBe(1)
      await go(page, `/activities/${old.code}`)
      await page.getByRole('button', { name: '我要报名' }).click()
      await page.getByRole('alert').getByText('要满 110 岁').waitFor()
    })
  })

  it('a full session is waited for with the own seat kept, and one of two comes no more', async () => {
    const two = await planActivity(sql(), { inHours: [72, 96], seats: 2, fields: { minors: 'with_guardian' } })
    const learner = await takeLearner(sql())
    const [child] = await sql()`insert into public.persons (name, sex, birth_year, residence_unit_id)
      select '小石头', 'male', extract(year from now()) - 9, residence_unit_id from public.persons where id = ${learner.personId} returning id::integer`
    await sql()`insert into public.guardians (child_id, guardian_id, relation, consent, valid_from) values (${child!.id}, ${learner.personId}, 'mother', true, '2026-01-01')`
    const join = async (who: { phone: string }, pool: number, people: number[]) => {
      const body = { pool, ...Object.fromEntries(people.map(person => [`person-${person}`, 'yes'])) }
      expect((await ask(`/api/activities/${two.code}/signups`, { method: 'POST', cookie: await signedIn(sql(), { phone: who.phone }), body })).status).toBe(200)
    }
    await join(learner, two.pools[0]!, [learner.personId, child!.id as number])
    for (const other of [await takeLearner(sql()), await takeLearner(sql())]) await join(other, two.pools[1]!, [other.personId])
    await visit({ as: learner, width, height: 900, javaScriptEnabled, allow: [/status of 422/] }, async (page) => {
      await go(page, '/my/activities')
      await page.getByRole('link', { name: '少去几个人，换一场' }).click()
      await page.getByRole('button', { name: '这些人不去了' }).click()
      await page.getByText('请勾上谁不去了').waitFor()
      await page.getByLabel('小石头').check()
      await page.getByRole('button', { name: '这些人不去了' }).click()
      await page.getByText('名额让出来了').waitFor()
      if (javaScriptEnabled) await alive(page)
      expect(await overhang(page)).toBe(0)
      await page.getByRole('button', { name: '排队等这一场' }).click()
      await page.getByText('已经排上队，现在的名额留着').waitFor()
      await go(page, `/activities/${two.code}`)
      await page.getByText('在等这一场，下一位就是您').waitFor()
      expect(await page.getByText('换一场', { exact: true }).count()).toBe(0)
    })
    expect(await sql()`select * from private.seat_faults()`).toEqual([])
  })

  it('a visitor is led to sign in, and back to press once more', async () => {
    const one = await planActivity(sql())
    const learner = await takeLearner(sql())
    await visit({ width, height: 900, javaScriptEnabled }, async (page) => {
      await go(page, `/activities/${one.code}`)
      await page.getByRole('button', { name: '我要报名' }).click()
      await page.waitForURL(/\/sign-in\?next=/)
      await ask('/api/identity/codes', { method: 'POST', body: { phone: learner.phone } })
      if (javaScriptEnabled) await alive(page)
      await page.getByLabel('手机号').fill(learner.phone)
      await page.getByLabel('短信验证码').fill(codeSentTo(learner.phone))
      await page.locator('#sign-in').click()
      await page.waitForURL(`**/activities/${one.code}?join=1`)
      await page.getByText('再按一次“我要报名”').waitFor()
      if (javaScriptEnabled) await alive(page)
      await page.getByRole('button', { name: '我要报名' }).click()
      await page.getByText('已报上名').waitFor()
    })
  })
})

it.each([360, 1280])('of two who press at once for the last seat one has it, and the other is the next in line, at %d px', async (width) => {
  const one = await planActivity(sql())
  const pressed: string[] = []
  const other = await takeLearner(sql())
  await visit({ as: await takeLearner(sql()), width }, async (page, context) => {
    const second = await context.browser()!.newContext({ viewport: { width, height: 780 } })
    try {
      await signInAs(second, sql(), other)
      const pages = [page, await second.newPage()]
      await page.goto(`/activities/${one.code}`)
      await pages[1]!.goto(page.url())
      for (const each of pages) await alive(each)
      await Promise.all(pages.map(each => each.getByRole('button', { name: '我要报名' }).click()))
      for (const each of pages) {
        await each.getByText(/已报上名|正在排队，您是下一位/).waitFor()
        pressed.push(await each.getByText('已报上名').count() ? 'seat' : 'line')
      }
    }
    finally { await second.close() }
  })
  expect(pressed.sort()).toEqual(['line', 'seat'])
  expect(await sql()`select * from private.seat_faults()`).toEqual([])
})

it('an activity that was called off says so, with the reason, and takes nobody', async () => {
  const one = await planActivity(sql())
  const learner = await takeLearner(sql())
  await ask(`/api/activities/${one.code}/signups`, { method: 'POST', body: { pool: one.pools[0] }, cookie: await signedIn(sql(), learner) })
  await asManager(sql(), transaction => transaction`select public.cancel_activity(${one.id}, '老师病了')`)
  await visit({ as: learner }, async (page) => {
    await page.goto(`/activities/${one.code}`)
    await page.getByText('这个活动取消了。原因：老师病了').waitFor()
    expect(await page.getByRole('button', { name: /报名|排队/ }).count()).toBe(0)
    await page.goto('/my/activities')
    await page.getByText(`《${one.title}》取消了。原因：老师病了`).waitFor()
  })
})
