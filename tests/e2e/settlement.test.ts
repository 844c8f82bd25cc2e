// A year is settled at the region's desk with its progress in sight, and a learner reads, prints and exports the statement.
import { expect, inject, it } from 'vitest'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'
import { sessionCookieFor } from '../fixtures/session.ts'

const { visit, sql } = useBrowser()

it('a year is settled, reloaded in between, and its statement adds up', async () => {
  await visit({ as: { username: 'city' }, width: 1280, height: 900 }, async (page) => {
    await open(page, '/desk/credits')
    await page.getByRole('link', { name: '年度结算' }).click()
    await page.getByRole('button', { name: '结算这一年' }).click()
    await page.reload()
    await page.getByRole('table', { name: '已结算的年度' }).waitFor({ timeout: 60_000 })
    expect(await page.getByRole('button', { name: '结算这一年' }).count()).toBe(0)
  })
  const [counted] = await sql()`select year.statements, (select count(*)::integer from credit_statements where year_id = year.id) as written from credit_years year`
  expect(counted!.statements).toBeGreaterThan(0)
  expect(counted!.written).toBe(counted!.statements)
  expect(await sql()`select * from private.credit_faults_of_statements()`).toEqual([])
}, 120_000)

it.each([360, 1280])('a learner reads it at %d px: opening + lines = closing; it prints on A4', width => visit({ width, height: 900 }, async (page, context) => {
  // Somebody who learned in the first year already.
  const [account] = await sql()`
    select account.id from identity.accounts account join credit_statements statement on statement.person_id = account.person_id
    where account.username is null and statement.to_seq > 1 order by statement.person_id limit 1`
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(await sessionCookieFor(sql(), inject('sessionSecret'), account!.id as string))!
  await context.addCookies([{ name: name!, value: value!, url: inject('portalUrl') }])
  await open(page, '/passbook')
  await page.getByRole('link', { name: '年度对账单' }).click()
  await page.getByRole('heading', { name: '年度对账单' }).waitFor()
  await alive(page)
  const lines = await page.locator('.statement tbody tr').count()
  const check = await page.getByText(/^核对：/).textContent()
  const [, opening, sum, closing] = /核对：([\d.,]+) ([+−][\d.,]+|0) = ([\d.,]+)/.exec(check!)!.map(text => Number(text.replace('−', '-').replace(/[,+]/g, '')))
  expect(opening! + sum!).toBeCloseTo(closing!, 3)
  expect(lines).toBeGreaterThan(1)
  expect(await overhang(page)).toBe(0)
  // Also where pages show least.
  await page.evaluate(() => { document.documentElement.dataset.mode = 'elder' })
  expect(await page.getByRole('button', { name: '打印' }).isVisible()).toBe(true)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('button', { name: '打印' }).isVisible()).toBe(false)
  expect(await page.getByText('怎么证明没有改过').isVisible()).toBe(true)
}))
