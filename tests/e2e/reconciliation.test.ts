// The ledger as the region's office checks it, and as a learner checks their own part of it.
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'
import { type Learner, takeLearner } from '../fixtures/learners.ts'

const { visit, sql } = useBrowser()
const give = ({ personId }: Learner) => sql()`select private.grant_credit(${`e2e|${personId}`}, ${personId}, 'staff_correction', 30000, 0, 1, 'e2e', '{}', now())`

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
    insert into credit_checks (began_at, ended_at, postings, legs, faults, parts, done, found) values (now(), now(), 1, 1, 1, '{ledger,contents,statements,seals}',
      ${sql().json(['ledger', 'contents', 'statements', 'seals'].map(part => ({ part, at: new Date().toISOString(), counts: part === 'ledger' ? { head_is_last: 1 } : {} })))}, ${sql().json([{ invariant: 'head_is_last', subject: String(learner!.id) }])}) returning id`
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

it('the office has it checked and sealed; a learner then checks the own account against what was published', { timeout: 120_000 }, async () => {
  const learner = await takeLearner(sql())
  await give(learner)
  await visit({ as: { username: 'city' }, width: 1280, height: 900 }, async (page) => {
    await open(page, '/desk/credits/reconciliation')
    await page.getByRole('button', { name: '现在对账' }).click()
    await expect.poll(async () => (await sql()`select from public.credit_seal_paths where person_id = ${learner.personId}`).length, { timeout: 60_000 }).toBe(1)
  })
  await visit({ as: learner }, async (page) => {
    await open(page, '/passbook')
    await page.getByRole('link', { name: '自己查账' }).click()
    await page.getByText('1 笔全部核对无误').waitFor()
    for (const compared of ['第 1 笔的“指纹”，顺着路径算到第', '总“指纹”、人数、签名和公钥，与您账里记的封印逐项一致', '签名的公钥在本站公布的公钥目录'])
      await page.getByText(compared).waitFor()
    expect(await overhang(page)).toBe(0)
  })
})

it('a reward is set aside, collected at the desk for its code, and another given back', { timeout: 120_000 }, async () => {
  const learner = await takeLearner(sql())
  await give(learner)
  const [item] = await sql()`select item.zh, unit.name as unit from public.credit_items item join public.units unit on unit.id = item.unit_id
    where unit.code = 'QJ-YX-S' and item.offered and item.price_milli_credits <= 10000 order by item.price_milli_credits limit 1`
  await visit({ as: learner }, async (page) => {
    // Other schools offer the like.
    const setAside = () => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: item!.zh as string, exact: true }) })
      .filter({ has: page.getByText(item!.unit as string, { exact: true }) }).getByRole('button', { name: '给我留一份' }).click()
    await open(page, '/credits/rewards')
    await setAside()
    const code = (await page.locator('#mine').getByText(/^\d{4} \d{4}$/).innerText()).trim()
    await visit({ as: { username: 'yunxi' }, width: 1280, height: 900 }, async (desk) => {
      await open(desk, '/desk/credits/rewards?unit=QJ-YX-S')
      await desk.getByLabel('兑换号码').fill(code)
      await desk.getByRole('button', { name: '核对并交付' }).click()
      await desk.getByText(`对了：${item!.zh as string}`).waitFor()
    })
    await page.reload()
    await page.locator('#mine').getByText(/已领取/).waitFor()
    const balance = await page.getByText(/^您现有/).innerText()
    await open(page, '/credits/rewards')
    await setAside()
    await page.getByRole('button', { name: '不要了，退回' }).click()
    await page.locator('#mine').getByText(/已退回，都还给您了/).waitFor()
    expect(await page.getByText(/^您现有/).innerText()).toBe(balance)
    expect(await overhang(page)).toBe(0)
  })
  expect(await sql()`select * from private.credit_faults()`).toEqual([])
})
