// A lecturer is put on the team, asked for by a school, agrees, and stands on the list that everybody reads.
import { expect, it } from 'vitest'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const manager = { username: 'qingxi' } as const
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })

it.each([360, 1280])('from the team to the public list at %d px', async (width) => {
  const name = `宣讲员${width}`
  await visit({ as: manager, width, height: 900, allow: [/status of 422/] }, async (page) => {
    await open(page, '/desk/lecturers?unit=QJ-YX-01')
    await page.getByText('登记一位讲师', { exact: true }).click()
    const form = page.locator('form[action="/api/desk/lecturers"]').first()
    await form.getByRole('button').last().click()
    await form.locator('[aria-invalid="true"]').first().waitFor()
    await form.locator('[name="name"]').fill(name)
    await form.locator('[name="title"]').fill('民警')
    await form.locator('[name="topics"]').fill('防诈骗、用药安全')
    await form.locator('[name="listed"]').check()
    await form.locator('[name^="category."]').first().check()
    await form.getByRole('button').last().click()
    await page.getByRole('heading', { level: 3, name }).waitFor()
    expect(await overhang(page)).toBe(0)

    // A photo is cut square before it is sent, and stands on the list for everybody.
    const face = page.locator('form[enctype="multipart/form-data"]').filter({ has: page.locator(`input[name="form"][value^="photo "]`) })
    const own = page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name }) }).locator(face)
    await own.locator('xpath=..').locator('summary').click()
    await own.locator('[name="photo"]').setInputFiles('docs/images/portal.jpg')
    await expect.poll(() => own.locator('[name="photo"]').evaluate((input: HTMLInputElement) => input.files![0]!.size)).toBeLessThan(300 * 1024)
    await own.locator('[name="agreed"]').check()
    await own.locator('button').click()
    await page.waitForURL(/done=saved/)
    await alive(page)
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name }) })
    await card.locator('summary').first().click()
    const asking = card.locator('form[action$="/bookings"]')
    await asking.locator('[name="topic"]').fill('识破电信诈骗')
    await asking.locator('[name="place"]').fill('村委会院坝')
    await asking.locator('[name="date"]').fill(day(9))
    await asking.getByRole('button').last().click()
    await page.getByText(`${name} · 识破电信诈骗`).waitFor()
    const booking = page.getByRole('listitem').filter({ hasText: '识破电信诈骗' }).filter({ hasText: name })
    await booking.locator('summary').click()
    await booking.locator('form').getByRole('button').last().click()
    await expect.poll(async () => (await sql()`select status from public.lecturer_bookings where topic = '识破电信诈骗' and lecturer_id = (select id from public.lecturers where name = ${name})`)[0]?.status).toBe('agreed')
    expect(await overhang(page)).toBe(0)
  })
  await visit({ width, height: 900 }, async (page) => {
    await open(page, `/lecturers?words=${encodeURIComponent(name)}`)
    await page.getByText(name).first().waitFor()
    expect(await page.getByText('识破电信诈骗').count()).toBe(0)
    await expect.poll(() => page.getByRole('main').locator('li img').first().evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([360, 360])
    expect(await overhang(page)).toBe(0)
  })
})
