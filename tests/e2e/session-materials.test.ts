// A session that is over: what is missing is seen, a press note written from its facts, a photo filed with consent, all handed in, and accepted above.
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'
import { planActivity } from '../fixtures/planned-activities.ts'

const { visit, sql } = useBrowser()
const PHOTO = fileURLToPath(new URL('../../docs/images/portal.jpg', import.meta.url))

it.each([360, 1280])('the six materials of a session are filed, handed in and accepted at %d px', async (width) => {
  const { title, sessions: [session] } = await planActivity(sql(), { signUp: 'none', inHours: [2] })
  await sql()`update activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where id = ${session!}`
  await visit({ as: { username: 'qingxi' }, width, height: 900 }, async (page) => {
    await open(page, '/desk/activities')
    await page.getByRole('link', { name: '缺的材料' }).click()
    await page.getByRole('heading', { name: /各场的六样材料/ }).waitFor()
    expect(await overhang(page)).toBe(0)
    await page.getByRole('link', { name: title }).click()
    await page.getByText('还缺 6 样').waitFor()
    await page.getByRole('region', { name: '新闻稿' }).getByRole('link', { name: '写一份' }).click()
    const text = page.getByRole('textbox', { name: '正文' })
    await text.waitFor()
    expect(await text.inputValue()).toContain(title)
    await text.fill(`${await text.inputValue()}\n大家说还要再来。`)
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText('已保存，还没有提交。').waitFor()
    const photos = page.getByRole('region', { name: '照片' })
    await photos.getByText('放进一张照片').click()
    await photos.getByLabel('照片', { exact: true }).setInputFiles(PHOTO)
    await photos.getByText('能认出的人都同意了').click()
    await photos.getByText('没有能认出的未成年人').click()
    await photos.getByRole('button', { name: '放进来' }).click()
    await page.getByText('已保存，还没有提交。').waitFor()
    await photos.getByRole('img').waitFor()
    expect(await overhang(page)).toBe(0)
    await page.getByRole('button', { name: '提交 2 件' }).click()
    await page.getByText('还缺 4 样').waitFor()
  })
  await visit({ as: { username: 'yunxi' }, width, height: 900 }, async (page) => {
    await open(page, `/desk/activities/sessions/${session!}/materials`)
    const note = page.getByRole('region', { name: '新闻稿' })
    await note.getByText('验收', { exact: true }).click()
    await note.getByRole('button', { name: '答复' }).click()
    await page.getByText('已答复。').waitFor()
    await note.getByText('已验收').waitFor()
    const photos = page.getByRole('region', { name: '照片' })
    await photos.getByText('撤下这张照片').click()
    await photos.getByLabel('原因（不要写人的名字）').fill('有人不再同意')
    await photos.getByRole('button', { name: '撤下', exact: true }).click()
    await page.getByText('照片已经撤下').waitFor()
    await photos.getByText('撤下：有人不再同意').waitFor()
    expect(await photos.getByRole('img').count()).toBe(0)
  })
})
