// The region's office reads which rules the ledger is checked by, whether or not a check was made yet.
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()

it.each([360, 1280])('every rule of the ledger is listed with how it stands, at %d px', width => visit({ as: { username: 'city' }, width, height: 900 }, async (page) => {
  await open(page, '/desk/credits/reconciliation')
  await page.locator('#invariants').getByText('I1 余额等于各笔之和').waitFor()
  expect(await page.locator('#invariants tbody tr').count()).toBeGreaterThanOrEqual(17)
  for (const said of await page.locator('#invariants tbody td.number').allInnerTexts()) expect(said).toMatch(/还没有核对|等待|\d 处/)
  expect(await overhang(page)).toBe(0)
}))

it('a breach names whose it is and leads to the account, with what to do', async () => {
  const [learner] = await sql()`
    select person.id, person.name from persons person join credit_learners learner on learner.person_id = person.id and learner.seq > 0 where person.counts_as is null order by person.id limit 1`
  const [check] = await sql()`
    insert into credit_checks (began_at, ended_at, postings, legs, faults, parts, done, found) values (now(), now(), 1, 1, 1, '{ledger}',
      ${sql().json([{ part: 'ledger', at: new Date().toISOString(), counts: { head_is_last: 1 } }])}, ${sql().json([{ invariant: 'head_is_last', subject: String(learner!.id) }])}) returning id`
  try {
    await visit({ as: { username: 'city' }, width: 360, height: 900 }, async (page) => {
      await open(page, '/desk/credits/reconciliation')
      const breach = page.locator('#invariants details').filter({ hasText: '怎么办' })
      await breach.getByText(String(learner!.id)).first().waitFor()
      expect(await breach.innerText()).toMatch(/公布的封印/)
      expect(await overhang(page)).toBe(0)
    })
  }
  finally { await sql()`delete from credit_checks where id = ${check!.id}` }
})
