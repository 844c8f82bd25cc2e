// From the last lesson to a stranger's check of the certificate, and what becomes of it when the record was wrong.
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { groupedCode } from '../../shared/utils/credential-code.ts'
import { alive, open, useBrowser } from '../fixtures/browser.ts'
import { type Learner, takeLearner } from '../fixtures/learners.ts'
import { ask, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()

/** Finishes every lesson of a course as the server records it when the last minute was watched. */
async function finishCourse({ personId }: Learner, slug: string): Promise<void> {
  await sql()`insert into public.enrolments (person_id, course_id) select ${personId}, id from public.courses where slug = ${slug}`
  await sql().begin(async (one) => {
    for (const { id } of await one`select lesson.id from public.lessons lesson join public.courses course on course.id = lesson.course_id
      where course.slug = ${slug} and lesson.status = 'published' order by lesson.position`)
      await one`select private.complete_lesson(${personId}, ${id as number}, '{}', now() - interval '20 minutes', now() - interval '10 minutes', 600000, 600000, 'web')`
  })
}

const codeOf = async ({ personId }: Learner) => (await sql()`select code from public.credentials where person_id = ${personId} and kind = 'course'`)[0]!.code as string
const title = async (slug: string) => (await sql()`select title from public.courses where slug = ${slug}`)[0]!.title as string
const SLUG = 'first-smartphone'

async function verify(page: Page, code: string): Promise<void> {
  await open(page, '/verify')
  await page.getByLabel('证书编号').fill(groupedCode(code).toLowerCase())
  await page.getByRole('button', { name: '查验', exact: true }).click()
  await page.waitForURL(`**/verify/${code}`)
}

it('a finished course gives a certificate that anybody can check; a corrected record revokes it, with the reason', { timeout: 150_000 }, async () => {
  const learner = await takeLearner(sql())
  const course = await title(SLUG)

  await visit({ as: learner }, async (page) => {
    await open(page, '/credits/certificates')
    await page.getByText('您还没有证书').waitFor()
    await page.getByRole('link', { name: '去挑一门课' }).waitFor()
    await finishCourse(learner, SLUG)
    await open(page, '/passbook')
    await page.locator('main').getByRole('link', { name: '证书' }).click()
    await page.getByRole('heading', { level: 2, name: course }).getByRole('link').click()
    const picture = page.getByRole('img', { name: `结业证书：${learner.name}，${course}` })
    await picture.waitFor()
    await page.waitForFunction(() => (document.querySelector('main img') as HTMLImageElement).naturalWidth === 1684)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    await page.evaluate(() => { document.documentElement.dataset.mode = 'elder' })
    expect(await page.getByRole('button', { name: '打印', exact: true }).isVisible()).toBe(true)
  })
  const code = await codeOf(learner)

  await visit({}, async (page) => {
    await verify(page, code)
    await page.getByText('这张证书是真的，现在有效。').waitFor()
    const shown = await page.locator('main').innerText()
    expect(shown).toContain(course)
    expect(shown).not.toContain(learner.name)
  })

  // The desk finds that a lesson was somebody else's.
  const [fact] = await sql()`select id::integer from public.participations where person_id = ${learner.personId} order by id limit 1`
  const corrected = await ask(`/api/desk/participations/${fact!.id as number}/corrections`, {
    method: 'POST', cookie: await signedIn(sql(), { username: 'qingxi' }), body: { personId: learner.personId, what: 'not_attended', reason: '不是本人学的' },
  })
  expect(corrected.status).toBe(200)

  await visit({}, async (page) => {
    await verify(page, code)
    await page.getByText(/已在 .+ 撤销，不再有效。原因：对应的学习记录已更正/).waitFor()
  })
  await visit({ as: learner }, async (page) => {
    await open(page, '/credits/certificates')
    await page.getByText('已撤销').waitFor()
  })
  expect(await sql()`select * from private.credit_faults_of_credentials()`).toEqual([])
})

it('without scripts a certificate is looked at, checked by its number and as a file, and a transcript is asked for', { timeout: 120_000 }, async () => {
  const learner = await takeLearner(sql())
  await finishCourse(learner, SLUG)
  const code = await codeOf(learner)
  const cookie = await signedIn(sql(), learner)
  // Looking at it has it signed.
  await expect.poll(async () => (await ask(`/api/credits/certificates/${code}`, { cookie })).body.isSigned, { timeout: 30_000 }).toBe(true)
  const { body: document } = await ask<Record<string, unknown>>(`/api/credits/certificates/${code}/credential.json`, { cookie })

  await visit({ as: learner, javaScriptEnabled: false, allow: [/404/] }, async (page) => {
    await page.goto(`/credits/certificates/${code}`)
    await page.getByRole('img', { name: '结业证书' }).waitFor()
    await page.goto('/verify')
    await page.getByLabel('证书编号').fill('OOOO-1111-2222')
    await page.getByRole('button', { name: '查验', exact: true }).click()
    await page.getByText('没有查到这个编号').waitFor()
    await page.goto('/verify')
    await page.getByLabel('证书编号').fill('12')
    await page.getByRole('button', { name: '查验', exact: true }).click()
    await page.getByText('编号是 12 位数字和字母').waitFor()

    await page.goto('/verify')
    await page.getByLabel('选择文件').setInputFiles({ name: 'certificate.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(document)) })
    await page.getByRole('button', { name: '查验这份文件' }).click()
    await page.getByText('这份数字证书是真的，内容没有改动过，现在有效。').waitFor()
    await page.getByText(learner.name).first().waitFor()
    await page.getByLabel('或者贴上内容').fill(JSON.stringify({ ...document, name: '别的' }))
    await page.getByRole('button', { name: '查验这份文件' }).click()
    await page.getByText('这份文件的内容和签名对不上').waitFor()

    await page.goto('/credits/transcript')
    await page.getByRole('button', { name: '开一份成绩单' }).click()
    await page.getByRole('heading', { name: /含 1 张证书/ }).waitFor()
  })
})

it('with scripts a chosen file is read into the form, and its result is told and focused', async () => {
  await visit({}, async (page) => {
    await open(page, '/verify')
    await alive(page)
    await page.getByLabel('选择文件').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') })
    await expect.poll(() => page.getByLabel('或者贴上内容').inputValue()).toBe('{"a":1}')
    await page.getByRole('button', { name: '查验这份文件' }).click()
    await page.getByText('这不是一份完整的数字证书').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('result')
  })
})

it('the transcript shows how far it is, and survives leaving the page', { timeout: 90_000 }, async () => {
  const learner = await takeLearner(sql())
  await finishCourse(learner, SLUG)
  await visit({ as: learner }, async (page) => {
    await open(page, '/credits/transcript')
    await page.getByText('您现在有 1 张有效的证书').waitFor()
    await page.getByRole('button', { name: '开一份成绩单' }).click()
    await page.getByRole('heading', { name: /含 1 张证书/ }).waitFor()
    await open(page, '/')
    await open(page, '/credits/transcript')
    await page.getByRole('link', { name: '打印版（PDF）' }).waitFor()
  })
})

it('the desk finds a certificate and revokes it with a reason', { timeout: 90_000 }, async () => {
  const learner = await takeLearner(sql())
  await sql()`select private.want_credential('honour', ${learner.personId}, 'e2e', (select id from public.units where code = 'QJ-YX-01'), '{"title": "学习之星"}')`
  await visit({ as: { username: 'qingxi' }, width: 1280, height: 900, allow: [/status of 422/] }, async (page) => {
    await open(page, '/desk/credits')
    await page.locator('main').getByRole('link', { name: '证书' }).click()
    await page.getByLabel('姓名或编号').fill(learner.name)
    await page.getByRole('button', { name: '查看' }).click()
    const act = page.locator('details', { hasText: `撤销：${learner.name}` }).first()
    await act.locator('summary').click()
    await act.getByRole('button', { name: '撤销这张证书' }).click()
    await page.getByText('请写原因，4 到 200 个字。').waitFor()
    await act.getByLabel('原因').fill('评选名单有误')
    await act.getByRole('button', { name: '撤销这张证书' }).click()
    await page.getByText('单位撤销（评选名单有误）').first().waitFor()
  })
})
