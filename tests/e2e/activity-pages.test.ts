// What hangs on the wall and what a network is looked over by: the week with its clashes, the poster with its code, the villages a lecturer reached.
import decodeQR from 'qr/decode.js'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'
import { pagesOf } from '../fixtures/pdf.ts'
import { planActivity } from '../fixtures/planned-activities.ts'

const { visit, sql } = useBrowser()
const manager = { username: 'qingxi' } as const

/** What the code on a sheet says, read from its picture as a phone would. */
async function codeOn(page: Page): Promise<string> {
  const { size, pixels } = await page.getByRole('main').locator('img').last().evaluate((image: HTMLImageElement) => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 600
    const context = canvas.getContext('2d')!
    context.fillStyle = 'white'
    context.fillRect(0, 0, 600, 600)
    context.imageSmoothingEnabled = false
    context.drawImage(image, 30, 30, 540, 540)
    return { size: 600, pixels: [...context.getImageData(0, 0, 600, 600).data] }
  })
  return decodeQR({ width: size, height: size, data: new Uint8ClampedArray(pixels) })
}

describe.each([360, 1280])('at %d px', (width) => {
  const size = { as: manager, width, height: 900 }

  it('a week shows what lies in one room at one time, and leads to the weeks beside it', async () => {
    const room = `${width} 室`
    const [one, other] = [await planActivity(sql(), { inHours: [24 * 20], fields: { room } }), await planActivity(sql(), { inHours: [24 * 20], fields: { room } })]
    await visit(size, async (page) => {
      const [{ day }] = await sql()`select private.china_date(starts_at)::text as day from public.activity_sessions where id = ${one.sessions[0]!}` as unknown as [{ day: string }]
      await open(page, `/desk/activities/week?unit=QJ-YX-01&day=${day}`)
      const cell = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: one.title, exact: true }) }).last()
      await cell.getByText(other.title).waitFor()
      expect(await overhang(page)).toBe(0)
      await page.getByRole('link', { name: '下一周' }).click()
      await page.getByRole('link', { name: one.title, exact: true }).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: '上一周' }).click()
      await page.getByRole('link', { name: one.title, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: one.title }).waitFor()
    })
  })

  it('a poster says what it is of, and its code leads to the page where one signs up', async () => {
    const one = await planActivity(sql(), { inHours: [100, 124, 148], fields: { summary: '带上老花镜。' } })
    await visit(size, async (page) => {
      await open(page, `/desk/activities/${one.id}/poster`)
      await page.getByText(one.title).last().waitFor()
      await page.getByText('带上老花镜。').waitFor()
      await page.getByText(`/activities/${one.code}`).waitFor()
      const code = page.getByRole('main').locator('img').last()
      expect(await code.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(20)
      const said = await codeOn(page)
      expect(said).toMatch(new RegExp(`^https?://[^/]+/activities/${one.code}$`))
      expect(await page.getByText(said, { exact: true }).count()).toBe(1)
      expect(await overhang(page)).toBe(0)
      expect(pagesOf(await page.pdf({ format: 'A4', preferCSSPageSize: true }))).toBe(1)
    })
    await visit({ width }, async (page) => {
      await open(page, `/activities/${one.code}`)
      await page.getByRole('heading', { level: 1, name: one.title }).waitFor()
    })
  })

  it('a poster of forty dates, a long title and a long text is one sheet, with the code on it', async () => {
    const one = await planActivity(sql(), { inHours: Array.from({ length: 40 }, (_, day) => 100 + 24 * day),
      fields: { title: `${'写字画画和家常'.repeat(6)}${width}`, summary: '带上老花镜，带上纸笔。'.repeat(60) } })
    await visit(size, async (page) => {
      await open(page, `/desk/activities/${one.id}/poster`)
      await page.getByText(`/activities/${one.code}`).waitFor()
      expect(pagesOf(await page.pdf({ format: 'A4', preferCSSPageSize: true }))).toBe(1)
    })
  })

  it('a term of forty sessions is one sheet, and its code leads to the activities', async () => {
    // A month of this width alone, so that the sheet holds nothing else.
    const begins = width === 360 ? 24 * 480 : 24 * 540
    const plans: { id: number }[] = []
    for (let n = 0; n < 8; n++) plans.push(await planActivity(sql(), { inHours: [0, 1, 2, 3, 4].map(week => begins + n + 168 * week), fields: { title: `学期课 ${width} ${n}`, room: `${n} 号教室` } }))
    const [{ first, last }] = await sql()`select min(private.china_date(starts_at))::text as first, max(private.china_date(starts_at))::text as last from public.activity_sessions
      where activity_id = any (${plans.map(({ id }) => id)})` as unknown as [{ first: string, last: string }]
    await visit(size, async (page) => {
      await open(page, `/desk/activities/term?unit=QJ-YX-01&from=${first}&to=${last}`)
      for (const n of plans.keys()) await page.getByRole('rowheader', { name: `学期课 ${width} ${n}` }).waitFor()
      expect(await codeOn(page)).toMatch(/^https?:\/\/[^/]+\/activities\?place=QJ-/)
      expect(pagesOf(await page.pdf({ format: 'A4', preferCSSPageSize: true }))).toBe(1)
    })
  })

  it('a talk that was given moves its village from those never reached to those reached', async () => {
    const reached = async () => await sql()`select code, name, talks from private.talks_of_villages((select id from public.units where code = 'QJ-YX-01'), extract(year from private.china_date(now()))::integer)` as unknown as { code: string, name: string, talks: number }[]
    const [village] = await reached() // who was reached least comes first
    const before = village!.talks
    await sql()`insert into public.lecturer_bookings (lecturer_id, for_unit_id, during, topic, place, status, listeners)
      select (select id from public.lecturers order by id limit 1), unit.id, tstzrange(moment.at, moment.at + interval '1 minute'), '识骗防骗', '村委会院坝', 'done', 23
      from public.units unit cross join (select now() - interval '1 hour' - ${width}::integer * interval '1 minute' as at) moment where unit.code = ${village!.code}`
    await visit(size, async (page) => {
      await open(page, '/desk/lecturers/reach?unit=QJ-YX-01')
      const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: village!.name, exact: true }) })
      expect((await row.getByRole('cell').allInnerTexts())[1]).toBe(String(before + 1))
      const rows = await page.getByRole('row').count() - 1
      const talks = (await reached()).filter(one => one.talks > 0).length
      await page.getByText(new RegExp(`${talks}.*${rows}|${rows}.*${talks}`)).first().waitFor()
      expect(await overhang(page)).toBe(0)
    })
  })
})
