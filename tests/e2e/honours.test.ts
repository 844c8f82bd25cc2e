// A resident reaches a level, agrees to be named, stands on the board and withdraws; a clerk applies for an award in somebody's name
// and a second person approves it; also without scripts.
import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { takeLearner } from '../fixtures/learners.ts'
import { alive, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const give = (personId: number, key: string, milliCredits: number) =>
  sql()`select private.grant_credit(${`honours e2e ${key}`}, ${personId}, 'staff_correction', ${milliCredits}, 0, private.region_id(), 'e2e', '{}', now())`

describe.each([[360, true], [1280, true], [360, false]] as const)('at %d px, scripts %s', (width, javaScriptEnabled) => {
  const at = (as: { phone?: string, username?: string } | undefined, path: string, test: (page: Page) => Promise<unknown>) =>
    visit({ as, width, height: 900, javaScriptEnabled }, async (page) => {
      await page.goto(path)
      if (javaScriptEnabled) await alive(page)
      await test(page)
      expect(await overhang(page)).toBe(0)
    })

  it('a resident reaches a level, is on the board for as long as they like, and off it at once', async () => {
    const learner = await takeLearner(sql())
    const onBoard = (count: number) => at(undefined, `/credits/honours/board?unit=${learner.village}`, async (page) => {
      await page.getByRole('heading', { level: 1, name: '光荣榜' }).waitFor()
      expect(await page.getByRole('listitem').filter({ hasText: learner.name }).count()).toBe(count)
    })
    await at(learner, '/credits/honours', async (page) => {
      await page.getByText('还没有等级').waitFor()
      await page.getByText('到“启航学员”').waitFor()
    })
    await give(learner.personId, `level ${width} ${javaScriptEnabled}`, 600)
    await at(learner, '/credits/honours', async (page) => {
      const mine = page.getByRole('region', { name: '我的等级' })
      await mine.getByText('启航学员').waitFor()
      await page.getByText('达到“启航学员”').waitFor()
      await page.getByText('现在：光荣榜上没有您的姓名。').waitFor()
    })
    await onBoard(0)
    await at(learner, '/credits/honours', async (page) => {
      await page.getByRole('button', { name: '同意上榜' }).click()
      await page.getByText('现在：您的姓名在光荣榜上。').waitFor()
    })
    await onBoard(1)
    await at(learner, '/credits/honours', async (page) => {
      await page.getByRole('button', { name: '从榜上撤下' }).click()
      await page.getByText('现在：光荣榜上没有您的姓名。').waitFor()
    })
    await onBoard(0)
  }, 120_000)

  it('a clerk applies for an award in somebody’s name, a second person approves, and the resident sees it', async () => {
    const learner = await takeLearner(sql())
    await give(learner.personId, `award ${width} ${javaScriptEnabled}`, 800)
    const [award] = await sql()`select id::integer, zh from public.credit_awards where zh = '清溪镇学习积极分子'`
    const desk = '/desk/credits/awards?unit=QJ-YX-01'
    await at({ username: 'qingxi' }, desk, async (page) => {
      await page.getByText('替学员申请').first().click()
      await page.getByLabel('哪一项').selectOption(String(award!.id))
      await page.getByLabel('找人').fill(learner.name)
      await page.getByRole('button', { name: '查找' }).click()
      await page.getByRole('radio', { name: `编号 ${learner.personId}` }).check()
      await page.getByRole('button', { name: '申请', exact: true }).click()
      const waiting = page.getByRole('listitem').filter({ hasText: learner.name }).first()
      await waiting.waitFor()
      // Who asked can't decide.
      expect(await waiting.getByText('批准或不批准').count()).toBe(0)
    })
    await at(learner, '/credits/awards', page => page.getByText(/已申请，等审核/).waitFor())
    await at({ username: 'yunxi' }, desk, async (page) => {
      const waiting = page.getByRole('listitem').filter({ hasText: learner.name }).first()
      await waiting.getByText('批准或不批准').first().click()
      await waiting.getByText('批准', { exact: true }).click()
      await waiting.getByRole('button', { name: '提交' }).click()
      await expect.poll(() => page.getByRole('listitem').filter({ hasText: learner.name }).count()).toBe(0)
    })
    await at(learner, '/credits/awards', async (page) => {
      await page.getByText('已批准，证书在“证书”里').waitFor()
      await page.getByText('您现有 0.5 学分').waitFor()
    })
  }, 120_000)
})
