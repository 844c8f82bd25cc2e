// Learning as residents do it, on a phone 360 px wide.
import type { Page } from 'playwright-core'
import { describe, expect, inject, it } from 'vitest'
import { formatCredits } from '../../shared/utils/format.ts'
import { alive, open, signInAs, takeNetwork, useBrowser } from '../fixtures/browser.ts'
import { type Learner, type VideoLesson, microLectures, takeLearner } from '../fixtures/learners.ts'
import { ask, codeSentTo, figuresAreFolded, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()
const playButton = (page: Page) => page.getByRole('button', { name: '播放视频' })
const seconds = (page: Page) => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)
const watchedMs = async ({ personId }: Learner, { id }: VideoLesson) =>
  Number((await sql()`select coalesce(max(watched_ms), 0) as ms from public.lesson_progress where person_id = ${personId} and lesson_id = ${id}`)[0]!.ms)
const isCompleted = async ({ personId }: Learner, lessonId: number) =>
  (await sql()`select from public.lesson_completions where person_id = ${personId} and lesson_id = ${lessonId}`).length > 0

async function enrolled(): Promise<{ learner: Learner, lesson: VideoLesson }> {
  const [learner, [lesson]] = await Promise.all([takeLearner(sql()), microLectures(sql())])
  await enrol(learner, lesson!.course)
  return { learner, lesson: lesson! }
}

async function enrol(learner: Learner, course: string): Promise<void> {
  const { status } = await ask(`/api/courses/${course}/enrolment`, { method: 'POST', body: {}, cookie: await signedIn(sql(), learner) })
  expect(status).toBe(200)
}

/** Plays from where the player stands until `until` seconds of the video, and pauses there, which reports what was played. */
async function playUntil(page: Page, until: number): Promise<void> {
  await play(page)
  await page.waitForFunction(until => document.querySelector('video')!.currentTime >= until, until, { timeout: 30_000 })
  await pause(page)
}

async function play(page: Page): Promise<void> {
  const opened = page.waitForResponse(/\/api\/lessons\/\d+\/watch/)
  await playButton(page).click()
  await opened
}

async function pause(page: Page): Promise<void> {
  await page.mouse.move(10, 10)
  await page.locator('.video-js').hover()
  await page.getByRole('button', { name: '暂停' }).click()
}

/** Without the codec of the course videos there is nothing to watch. */
async function playsVideos(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.createElement('video').canPlayType('video/mp4; codecs="avc1.42E01E, mp4a.40.2"')) !== ''
}

// Most of the time is spent watching, so the tests watch at the same time.
describe.concurrent('a resident', () => {
  it('finds a micro-lecture, signs in, watches it, and finds the credits in the passbook and at the desk', { timeout: 150_000 }, async ({ skip, expect }) => {
    const [learner, [lesson]] = await Promise.all([takeLearner(sql()), microLectures(sql())])
    const credits = formatCredits(lesson!.minutes * lesson!.rate)
    await figuresAreFolded(sql())
    const before = await figureOf(learner)

    await visit({}, async (page) => {
      if (!await playsVideos(page)) skip('This Chromium plays no H.264.')
      await open(page, '/')
      await page.getByRole('navigation', { name: '更多栏目' }).getByRole('link', { name: '微课' }).click()
      await page.getByLabel('学什么').selectOption(lesson!.category)
      await page.getByRole('button', { name: '查看' }).click()
      await page.getByText('共 1 节微课').waitFor()
      await page.getByRole('link', { name: lesson!.courseTitle }).click()
      await page.getByRole('heading', { level: 1, name: lesson!.title }).waitFor()
      await page.getByText('不登录也能看。').waitFor()
      await page.getByRole('button', { name: '我要学' }).click()

      await page.getByRole('heading', { level: 1, name: '登录' }).waitFor()
      await alive(page)
      await page.getByLabel('手机号').fill(learner.phone)
      await page.getByRole('button', { name: '获取验证码' }).click()
      await page.getByText('验证码已经发到您的手机。').waitFor()
      await page.getByLabel('短信验证码').fill(codeSentTo(learner.phone))
      await page.locator('main').getByRole('button', { name: '登录', exact: true }).click()

      await page.waitForURL(`**${lesson!.path}?join=1`)
      await page.getByText('先选这门课').waitFor()
      await page.getByRole('button', { name: '我要学' }).click()
      await page.getByText(/^看了 0 秒，还差/).waitFor()
      await alive(page)
      await page.getByTitle('播放速度').waitFor({ state: 'attached' })
      await play(page)
      await chooseSpeed(page, '2x')
      await page.getByText(/看了 .*，还差/).waitFor()
      await page.getByRole('heading', { name: /学完了/ }).waitFor({ timeout: 90_000 })
      const panel = page.getByRole('status').filter({ hasText: '学完了' })
      expect(await panel.innerText()).toContain(`得到 ${credits} 学分`)
      expect(await panel.innerText()).toContain(`${lesson!.minutes} 分钟 × 每分钟 ${formatCredits(lesson!.rate)} 学分`)
      expect(await panel.evaluate(element => element === document.activeElement)).toBe(true)

      await panel.getByRole('link', { name: '学分存折' }).click()
      const line = page.getByRole('row').filter({ hasText: lesson!.courseTitle })
      await line.waitFor()
      expect(await line.innerText()).toContain(`+${credits}`)
      expect(await line.innerText()).toContain(`${lesson!.minutes} 分钟 × ${formatCredits(lesson!.rate)}`)
      await page.getByText(`核对：0 + ${credits} = ${credits}`).waitFor()
      const amounts = await Promise.all(['年初余额', '余额'].map(async name => (await page.getByRole('row').filter({ hasText: name }).allInnerTexts())))
      expect(amounts[0]![0]).toMatch(/\b0$/)
      expect(amounts[1]!.at(-1)!.trim()).toMatch(new RegExp(`${credits.replace('.', '\\.')}$`))

      await page.goto('/my')
      const course = page.getByRole('article').filter({ hasText: lesson!.courseTitle })
      expect(await course.innerText()).toContain('已学完')
    })

    expect(await isCompleted(learner, lesson!.id)).toBe(true)
    await figuresAreFolded(sql())
    expect(await figureOf(learner)).toEqual({ persons: before.persons + 1, namesLearner: true })
  })

  it('does not complete a lesson by dragging to its end', async ({ expect }) => {
    const { learner, lesson } = await enrolled()
    await visit({ as: learner }, async (page) => {
      await open(page, lesson.path)
      await play(page)
      // Two samples of the playhead at least: without anything played there would be nothing to report.
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 2.5)
      const bar = page.getByRole('slider', { name: '进度条' })
      const reported = page.waitForResponse(/\/beats$/, { timeout: 60_000 })
      // The bar hides two seconds after the last move of the mouse, and then it takes no click.
      await expect.poll(async () => {
        await page.mouse.move(100, 300)
        await page.locator('.video-js').hover()
        const { width, height } = (await bar.boundingBox())!
        await bar.click({ position: { x: width - 3, y: height / 2 }, timeout: 1500 }).catch(() => {})
        return seconds(page)
      }, { timeout: 30_000, interval: 500 }).toBeGreaterThan(lesson.durationMs / 1000 - 2)
      await page.waitForFunction(() => document.querySelector('video')!.ended)
      await reported
      await page.getByText('还没看的：').waitFor()
      expect(await page.getByText('学完了').count()).toBe(0)
      await page.reload()
      expect(await page.getByText(/^看了 .+，还差/).count()).toBe(1)
    })
    expect(await isCompleted(learner, lesson.id)).toBe(false)
    expect(await watchedMs(learner, lesson)).toBeLessThan(lesson.durationMs / 4)
  })

  it('goes on after a reload where the video stopped', async ({ expect }) => {
    const { learner, lesson } = await enrolled()
    await visit({ as: learner }, async (page) => {
      await open(page, lesson.path)
      await playUntil(page, 4)
      const stoppedAt = await seconds(page)
      await page.getByText(/看了 \d+ 秒，还差/).waitFor()
      await page.reload()
      await alive(page)
      await play(page)
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0.1)
      expect(await seconds(page)).toBeGreaterThan(stoppedAt - 1)
      expect(await seconds(page)).toBeLessThan(stoppedAt + 6)
    })
  })

  it('loses nothing when the network goes: beats wait and are sent when it is back', async ({ expect }) => {
    const { learner, lesson } = await enrolled()
    await visit({ as: learner, allow: [/ERR_INTERNET_DISCONNECTED/] }, async (page, context) => {
      await open(page, lesson.path)
      await play(page)
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 1)
      await context.setOffline(true)
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 5)
      await pause(page)
      await page.getByText('网络断了。您看的都记着').waitFor()
      expect(await watchedMs(learner, lesson)).toBe(0)
      await context.setOffline(false)
      await page.getByText('网络断了。').waitFor({ state: 'hidden' })
      await page.getByText(/看了 \d+ 秒，还差/).waitFor()
    })
    expect(await watchedMs(learner, lesson)).toBeGreaterThan(4000)
  })

  it('loses nothing when the page is closed without a network: the next play sends what waited', async ({ expect }) => {
    const { learner, lesson } = await enrolled()
    await visit({ as: learner, allow: [/ERR_INTERNET_DISCONNECTED/] }, async (page, context) => {
      await open(page, lesson.path)
      await play(page)
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 1)
      await takeNetwork(page)
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 4)
      await page.close()
      expect(await watchedMs(learner, lesson)).toBe(0)
      await context.setOffline(false)
      const again = await context.newPage()
      await open(again, lesson.path)
      await play(again)
      await again.getByText(/看了 \d+ 秒，还差/).waitFor()
      await expect.poll(() => watchedMs(learner, lesson)).toBeGreaterThan(2500)
    })
  })

  it('is told plainly when a second device takes over, and can take back', async () => {
    const { learner, lesson } = await enrolled()
    const taken = '您在另一台设备上看了起来，这里暂时不计。'
    await visit({ as: learner, allow: [/status of 409/] }, async (phone, context) => {
      await open(phone, lesson.path)
      await play(phone)
      const tablet = await context.browser()!.newContext({ baseURL: inject('portalUrl'), viewport: { width: 800, height: 1000 } })
      try {
        await signInAs(tablet, sql(), learner)
        const other = await tablet.newPage()
        await open(other, lesson.path)
        await play(other)
        await other.waitForFunction(() => document.querySelector('video')!.currentTime > 1)
        await pause(phone)
        await phone.getByText(taken).waitFor()
        await phone.getByRole('button', { name: '在这里接着看' }).click()
        await phone.getByText(taken).waitFor({ state: 'hidden' })
        await pause(other)
        await other.getByText(taken).waitFor()
      }
      finally { await tablet.close() }
    })
  })
})

// By itself: the test above counts the learners of a village, and this one adds to them.
it('a resident is told how many seconds a text still takes, and then finishes it', async () => {
  const learner = await takeLearner(sql())
  const [text] = await sql()`
    select lesson.id::integer, lesson.minutes::float, course.slug as course, '/courses/' || course.slug || '/' || lesson.slug as path, rule.milli_credits as rate
    from public.lessons lesson join public.courses course on course.id = lesson.course_id join public.credit_rates() rule on rule.rule_id = 'lesson_completed'
    where lesson.kind = 'text' order by lesson.id limit 1`
  await enrol(learner, text!.course)
  await visit({ as: learner, allow: [/status of 409/] }, async (page) => {
    const begun = page.waitForResponse(/\/reading$/)
    await open(page, text!.path)
    await begun
    await page.getByRole('button', { name: '我读完了' }).click()
    const [, left] = /读得太快了，请再看看，(\d+) 秒后再点。/.exec(await page.getByText('读得太快了').innerText())!
    expect(Number(left)).toBeGreaterThan(0)
    expect(Number(left)).toBeLessThanOrEqual(60)
    await sql()`update public.readings set opened_at = opened_at - interval '2 minutes' where person_id = ${learner.personId}`
    await page.getByRole('button', { name: '我读完了' }).click()
    await page.getByText(`这节课您已经得过学分：${formatCredits(text!.minutes * text!.rate)} 学分。`).waitFor()
    expect(await page.getByRole('button', { name: '我读完了' }).count()).toBe(0)
  })
  expect(await isCompleted(learner, text!.id)).toBe(true)
})

describe('with the keyboard alone', () => {
  it('a video starts, stops and moves', async () => {
    const { learner, lesson } = await enrolled()
    await visit({ as: learner, width: 1280 }, async (page) => {
      await open(page, lesson.path)
      await playButton(page).focus()
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0.5)
      await page.getByRole('slider', { name: '进度条' }).focus()
      await page.keyboard.press('ArrowRight')
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 5)
      await page.getByRole('button', { name: '暂停' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.querySelector('video')!.paused)
    })
  })

  it('everything on a lesson page can be reached, and one sees where one is', async () => {
    const { learner, lesson } = await enrolled()
    await visit({ as: learner }, async (page) => {
      await open(page, lesson.path)
      await page.getByTitle('播放速度').waitFor({ state: 'attached' })
      const expected = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, [tabindex="0"]')]
        .filter(element => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !(element as HTMLButtonElement).disabled).length)
      expect(expected).toBeGreaterThan(15)
      const seen: string[] = []
      const unseen: string[] = []
      await page.keyboard.press('Tab')
      for (let step = 0; step < 200; step++) {
        const at = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement
          if (element === document.body) return null
          element.dataset.reached ??= String(Math.random())
          const { outlineStyle, outlineWidth } = getComputedStyle(element)
          const { width, height } = element.getBoundingClientRect()
          return { id: element.dataset.reached, html: element.outerHTML.slice(0, 120), isShown: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && width > 1 && height > 1 }
        })
        if (!at || seen.includes(at.id)) break
        seen.push(at.id)
        if (!at.isShown) unseen.push(at.html)
        await page.keyboard.press('Tab')
      }
      expect(unseen).toEqual([])
      expect(seen.length).toBeGreaterThanOrEqual(expected)
    })
  })

  it('the first press of Tab offers the way past the header', async () => {
    await visit({}, async (page) => {
      await open(page, '/courses')
      await page.keyboard.press('Tab')
      const skip = page.getByRole('link', { name: '跳到正文' })
      expect(await skip.evaluate(link => link === document.activeElement && link.getBoundingClientRect().width > 50)).toBe(true)
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.querySelector('main')!.contains(document.activeElement))).toBe(true)
    })
  })
})

async function chooseSpeed(page: Page, speed: string): Promise<void> {
  await page.locator('.video-js').hover()
  await page.getByRole('button', { name: '播放速度' }).hover()
  await page.getByRole('menuitemradio', { name: speed }).click()
  expect(await page.locator('video').evaluate((video: HTMLVideoElement) => video.playbackRate)).toBe(2)
}

/** What the manager of 清溪镇 sees: the number of learners of a village, and whether opening it names the learner. */
async function figureOf({ village, villageName, name }: Learner): Promise<{ persons: number, namesLearner: boolean }> {
  let figure = { persons: 0, namesLearner: false }
  await visit({ width: 1280, as: { username: 'qingxi' } }, async (page) => {
    await open(page, '/desk/metrics?unit=QJ-YX-01')
    const link = page.getByRole('link', { name: new RegExp(`^${villageName}：.*看看是哪些人$`) })
    const persons = Number((await link.innerText()).replace(/\D/g, ''))
    await link.click()
    await page.waitForURL(new RegExp(`unit=${village}\\b`))
    await page.getByRole('heading', { level: 1, name: villageName }).waitFor()
    const isNamed = async () => await page.getByRole('row').filter({ hasText: name }).count() > 0
    // A list of many goes on overleaf.
    while (!await isNamed()) {
      const next = await page.locator('main a[rel~=next]').all()
      if (!next.length) break
      await page.goto(await next[0]!.getAttribute('href') as string)
    }
    figure = { persons, namesLearner: await isNamed() }
  })
  return figure
}
