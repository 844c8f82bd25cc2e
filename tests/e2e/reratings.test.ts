// What was credited wrongly is put right by two: a rule for days in the past, after reading who would gain or lose, and one learner's account.
import { expect, it } from 'vitest'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'

const { visit, sql } = useBrowser()

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

it('the rate of a day is tried, who gains is read, a colleague confirms, and it is posted', { timeout: 150_000 }, async () => {
  const [credited] = await sql()`select posting.counted_on::text as day, rule.zh as rule, person.name from public.credit_postings posting join public.persons person on person.id = posting.person_id
    join public.credit_rules rule on rule.id = posting.rule_id where posting.rule_id = 'lesson_completed' and posting.kind = 'award' and posting.milli_credits > 0 order by posting.id limit 1`
  let path = ''
  await visit({ as: { username: 'city' }, width: 1280, height: 900 }, async (page) => {
    await open(page, '/desk/credits/reratings')
    await page.getByText('更正学分标准', { exact: true }).click()
    const form = page.locator('form').filter({ has: page.locator('input[name=kind][value=rate]') })
    await form.locator('select[name=rule]').selectOption({ label: credited!.rule as string })
    for (const [name, value] of [['fromDay', credited!.day], ['untilDay', credited!.day], ['perMinutes', '25'], ['credits', '1'], ['reason', '那天应按二十五分钟计']] as const)
      await form.locator(`input[name=${name}]`).fill(value as string)
    await form.getByRole('button', { name: '开始试算' }).click()
    await page.getByText('等另一位同事确认').first().waitFor({ timeout: 60_000 })
    await page.getByText('您提出的，您自己不能确认').waitFor()
    await page.getByRole('row').filter({ hasText: credited!.name as string }).first().waitFor()
    path = new URL(page.url()).pathname
  })
  const postings = async () => (await sql()`select count(*)::integer as count from public.credit_postings`)[0]!.count as number
  const before = await postings()
  await visit({ as: { username: 'qingjiang' }, width: 1280, height: 900 }, async (page) => {
    await open(page, path)
    await page.getByRole('button', { name: '确认记账' }).click()
    await page.getByRole('status').getByText('已记账').waitFor({ timeout: 60_000 })
  })
  expect(await postings()).toBeGreaterThan(before)
  expect(await sql()`select * from private.credit_faults()`).toEqual([])
})

it('credits that were not entered are asked for by one and approved by another; the learner reads why', { timeout: 120_000 }, async () => {
  const learner = await takeLearner(sql())
  await visit({ as: { username: 'qingxi' }, width: 1280, height: 900 }, async (page) => {
    await open(page, `/desk/credits/corrections/${learner.personId}`)
    await page.getByText('补记学分', { exact: true }).click()
    await page.getByLabel('多少学分').fill('1.5')
    await page.getByLabel('原因', { exact: true }).fill('签到表漏登一次')
    await page.getByRole('button', { name: '提出补记' }).click()
    await page.getByText('已经提出，等另一位同事批准。').waitFor()
    await open(page, '/desk/credits/corrections?unit=QJ-YX-01')
    // Whoever asked may take it back, and has nothing to decide.
    const own = page.getByRole('listitem').filter({ hasText: learner.name })
    await own.getByRole('button', { name: '撤回我提的' }).waitFor()
    expect(await own.getByText('批准或不批准').count()).toBe(0)
  })
  expect(await sql()`select from public.credit_postings where person_id = ${learner.personId}`).toEqual([])
  await visit({ as: { username: 'yunxi' }, width: 1280, height: 900 }, async (page) => {
    await open(page, '/desk/credits/corrections?unit=QJ-YX-01')
    const waiting = page.getByRole('listitem').filter({ hasText: learner.name })
    await waiting.getByText('批准或不批准').click()
    await waiting.getByLabel('批准', { exact: true }).check()
    await waiting.getByRole('button', { name: '提交决定' }).click()
    await waiting.waitFor({ state: 'detached' })
  })
  await visit({ as: learner }, async (page) => {
    await open(page, '/passbook')
    await page.getByText('签到表漏登一次').first().waitFor()
    expect(await page.locator('main').innerText()).toContain('+1.5')
  })
})
