// A certificate from a resident's phone to its credits: handed in, asked for more, reviewed by two who do not see each other, recognised; also without scripts.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { takeLearner } from '../fixtures/learners.ts'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
const paper = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, `%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n% ${text}\nstartxref\n9\n%%EOF\n`)
  return path
}

async function fill(page: Page, number: string): Promise<void> {
  await page.getByLabel('发证单位').fill('清江开放大学')
  await page.getByLabel('证书名称').fill('计算机应用能力证书')
  await page.getByLabel('发证日期').fill('2026-05-01')
  await page.getByLabel(/证书编号/).fill(number)
}

describe.each([[360, true], [1280, true], [360, false]] as const)('at %d px, scripts %s', (width, javaScriptEnabled) => {
  it('a certificate is handed in, completed, reviewed by two and recognised', async () => {
    const learner = await takeLearner(sql())
    const number = `E2E-${width}-${javaScriptEnabled}`
    const asLearner = (test: (page: Page) => Promise<unknown>) => visit({ as: learner, width, height: 900, javaScriptEnabled }, async (page) => {
      await page.goto('/credits/recognition')
      if (javaScriptEnabled) await alive(page)
      await test(page)
    })
    let caseId = 0
    const atDesk = (username: string, test: (page: Page) => Promise<unknown>) => visit({ as: { username }, width, height: 900, javaScriptEnabled }, async (page) => {
      await page.goto(`/desk/credits/recognition/${caseId}`)
      if (javaScriptEnabled) await alive(page)
      await test(page)
    })

    await asLearner(async (page) => {
      await fill(page, number)
      const wrong = join(folder, 'wrong.pdf')
      writeFileSync(wrong, '<script>alert(1)</script>')
      await page.getByLabel('证书照片或 PDF').setInputFiles(wrong)
      await page.getByRole('button', { name: '交上去' }).click()
      await page.getByText('这个文件不是照片').waitFor()
      expect(await page.getByLabel('证书名称').inputValue()).toBe('计算机应用能力证书')
      await page.getByLabel('证书照片或 PDF').setInputFiles(paper('one.pdf', number))
      await page.getByRole('button', { name: '交上去' }).click()
      await page.getByText('已经收到。审核有了结果').waitFor()
      await page.getByText('正在审核').first().waitFor()
      expect(await overhang(page)).toBe(0)
    })
    caseId = (await sql()`select id::integer from recognition_cases where number = ${number}`)[0]!.id as number

    await atDesk('qingxi', async (page) => {
      await page.getByText('请申请人补充', { exact: true }).first().click()
      await page.getByLabel('缺什么').fill('请补交背面')
      await page.getByRole('button', { name: '发给申请人' }).click()
      await page.getByText('已发给申请人。').waitFor()
    })
    await asLearner(async (page) => {
      await page.getByText('请补交背面').first().waitFor()
      await page.getByLabel('说明').fill('背面在这里')
      await page.getByLabel(/再交一份/).setInputFiles(paper('two.pdf', `${number} back`))
      await page.getByRole('button', { name: '补充', exact: true }).click()
      await page.getByText('补充的已经收到').waitFor()
    })
    for (const [username, said] of [['qingxi', '意见已提交。'], ['yunxi', '已认定']] as const) {
      await atDesk(username, async (page) => {
        // Nobody sees what another said before both have spoken.
        expect(await page.getByText('核对无误').count()).toBe(0)
        await page.getByText('提意见', { exact: true }).click()
        expect(await page.getByLabel('学分', { exact: true }).inputValue()).toBe('2')
        await page.getByText('认定', { exact: true }).first().click()
        await page.getByLabel('理由', { exact: true }).fill('核对无误')
        await page.getByRole('button', { name: '提交意见' }).click()
        await page.getByText(said).first().waitFor()
        expect(await overhang(page)).toBe(0)
      })
    }
    await asLearner(async (page) => {
      await page.getByText('认定 2 学分').waitFor()
      await page.getByText('核对无误').first().waitFor()
    })
    // Later it turns out false.
    await atDesk('qingxi', async (page) => {
      await page.getByText('证书不实，撤销认定', { exact: true }).first().click()
      await page.getByLabel('怎么知道不实').fill('发证单位查无此证')
      await page.getByRole('button', { name: '提出', exact: true }).click()
      await page.getByText('已提出，等另一位同事决定。').waitFor()
      expect(await page.getByText('决定是否撤销认定', { exact: true }).count()).toBe(0)
    })
    await atDesk('yunxi', async (page) => {
      await page.getByText('发证单位查无此证').waitFor()
      await page.getByText('决定是否撤销认定', { exact: true }).click()
      await page.getByText('证书不实，撤销认定', { exact: true }).first().click()
      await page.getByLabel('理由', { exact: true }).fill('查证属实')
      await page.getByRole('button', { name: '决定', exact: true }).click()
      await page.getByText('证书不实，已撤销认定').first().waitFor()
      expect(await overhang(page)).toBe(0)
    })
    await asLearner(async (page) => {
      await page.getByText('认定已撤销').first().waitFor()
      await page.getByText('查证属实').first().waitFor()
      expect(await page.getByText('发证单位查无此证').count()).toBe(0)
      expect(await overhang(page)).toBe(0)
    })
  }, 180_000)
})

it('a certificate opens only with a reason, in a window of its own', () => visit({ as: { username: 'qingxi' }, width: 1280, height: 900 }, async (page) => {
  await open(page, '/desk/credits/recognition')
  await page.getByRole('table').getByRole('link').first().click()
  await page.getByRole('heading', { name: '证书文件' }).waitFor()
  await page.getByLabel('为什么要看').selectOption('review')
  // The window is gone as soon as it turns out to be a file, so what is looked at is the answer.
  const answered = page.context().waitForEvent('response', response => response.url().endsWith('/file'))
  await page.getByRole('button', { name: '记录原因并打开' }).click()
  const answer = await answered
  expect(answer.status()).toBe(200)
  expect(answer.headers()['content-disposition']).toMatch(/filename="case-\d+\.pdf"$/)
  const [look] = await sql()`select details ->> 'reason' as reason from audit_events where action = 'recognition_file_revealed' order by id desc limit 1`
  expect(look!.reason).toBe('review')
}))
