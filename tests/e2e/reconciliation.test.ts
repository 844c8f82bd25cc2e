// The region's office reads which rules the ledger is checked by, whether or not a check was made yet.
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit } = useBrowser()

it.each([360, 1280])('every rule of the ledger is listed with how it stands, at %d px', width => visit({ as: { username: 'city' }, width, height: 900 }, async (page) => {
  await open(page, '/desk/credits/reconciliation')
  await page.locator('#invariants').getByText('I1 余额等于各笔之和').waitFor()
  expect(await page.locator('#invariants tbody tr').count()).toBeGreaterThanOrEqual(17)
  for (const said of await page.locator('#invariants tbody td.number').allInnerTexts()) expect(said).toMatch(/还没有核对|等待|\d 处/)
  expect(await overhang(page)).toBe(0)
}))
