// The ways in: the code on the school's screen, the spoken word, cards and ticks at a desk without network, and paper.
import type { BrowserContext, Page } from 'playwright-core'
import { encode } from 'uqr'
import { expect, it } from 'vitest'
import { alive, giveNetworkBack, open, overhang, signInAs, takeNetwork, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { planActivity, type Planned } from '../fixtures/planned-activities.ts'

const { visit, sql } = useBrowser()
const manager = { username: 'qingxi' } as const

async function begun(seats: number, people: number[] = []): Promise<Planned> {
  const planned = await planActivity(sql(), { seats })
  await sql()`update activity_sessions set starts_at = now() - interval '20 minutes', ends_at = now() + interval '40 minutes' where id = ${planned.sessions[0]!}`
  for (const person of people) {
    await sql()`with wanted as (select nextval(pg_get_serial_sequence('public.signups', 'id')) as id), made as (
      insert into signups (id, pool_id, person_id, party_id, status) select id, ${planned.pools[0]!}, ${person}, id, 'confirmed' from wanted returning pool_id)
      update seat_pools set taken = taken + 1 where id = (select pool_id from made)`
  }
  return planned
}
const codeNow = async ({ sessions: [session] }: Planned) => {
  await sql()`insert into private.check_in_keys (session_id) values (${session!}) on conflict do nothing`
  return (await sql()`select private.check_in_code(${session!}, private.check_in_step(30)) as code`)[0]!.code as string
}
const marks = ({ sessions: [session] }: Planned) => sql()`select person_id::integer, method from attendance_marks where session_id = ${session!} order by id`

it.each([[360, true], [1280, true], [360, false]])('the screen of a session is scanned, signed in, pressed, and told what is wrong, at %d px, scripts %s', async (width, javaScriptEnabled) => {
  const who = await takeLearner(sql())
  const planned = await begun(1, [who.personId])
  const late = await takeLearner(sql())
  await visit({ as: manager, width: 1440, height: 900, javaScriptEnabled }, async (page) => {
    await page.goto(`/desk/activities/sessions/${planned.sessions[0]}/screen`)
    await page.getByAltText('签到码').waitFor()
    await page.getByText('已签到 0 人，报名 1 人').waitFor()
    expect(await page.getByText(/^\d{4}$/).count()).toBe(1)
    const first = await page.getByAltText('签到码').getAttribute('src')
    if (javaScriptEnabled) await page.waitForFunction(src => document.querySelector('main img')?.getAttribute('src') !== src, first, { timeout: 40_000 })
  })
  await visit({ width, javaScriptEnabled }, async (page, context: BrowserContext) => {
    await page.goto('/check-in/1-2-3')
    await page.getByText('这个码不是我们的签到码').waitFor()
    await page.goto(`/check-in/${await codeNow(planned)}`)
    await page.getByText('扫到了。请先登录').waitFor()
    expect(await page.getByRole('link', { name: '登录后签到' }).first().getAttribute('href')).toBe('/sign-in?next=/check-in')
    await signInAs(context, sql(), { phone: who.phone })
    await page.goto('/check-in')
    if (javaScriptEnabled) await alive(page)
    await page.getByRole('button', { name: '我到了，签到' }).click()
    await page.getByText(`${who.name}，签到成功`).waitFor()
    expect(await overhang(page)).toBe(0)
    await page.goto(`/check-in/${await codeNow(planned)}`)
    await page.getByText('已签到 ·').waitFor()
  })
  // Whoever did not sign up is told where to go.
  await visit({ width, as: { phone: late.phone }, javaScriptEnabled, allow: [/status of 409/] }, async (page) => {
    await page.goto(`/check-in/${await codeNow(planned)}`)
    if (javaScriptEnabled) await alive(page)
    await page.getByRole('button', { name: '我到了，签到' }).click()
    await page.getByText('座位已经满了').waitFor()
  })
  expect(await marks(planned)).toEqual([{ person_id: who.personId, method: 'scan' }])
}, 120_000)

it('the spoken word opens the same page', async () => {
  const who = await takeLearner(sql())
  const planned = await begun(1, [who.personId])
  await codeNow(planned)
  const [{ word }] = await sql()`select private.check_in_word(${planned.sessions[0]!}, private.check_in_step(300)) as word` as unknown as [{ word: string }]
  await visit({ as: { phone: who.phone }, allow: [/status of 4\d\d/] }, async (page) => {
    await open(page, '/check-in')
    await page.getByLabel('四位口令').fill('12')
    await page.getByRole('button', { name: '用口令签到' }).click()
    await page.getByText('口令是四位数字').waitFor()
    await page.getByLabel('四位口令').fill(word)
    await page.getByRole('button', { name: '用口令签到' }).click()
    await page.getByRole('button', { name: '我到了，签到' }).click()
    await page.getByText(`${who.name}，签到成功`).waitFor()
  })
  expect(await marks(planned)).toEqual([{ person_id: who.personId, method: 'spoken' }])
})

it.each([[360, true], [1280, true], [1280, false]] as const)('a walk-in to a full session gets a seat for a reason, at %d px, scripts %s', async (width, javaScriptEnabled) => {
  const [seated, guest] = [await takeLearner(sql()), await takeLearner(sql())]
  const planned = await begun(1, [seated.personId])
  await visit({ as: manager, width, height: 900, javaScriptEnabled, allow: [/status of 409/] }, async (page) => {
    await page.goto(`/desk/activities/sessions/${planned.sessions[0]}`)
    if (javaScriptEnabled) await alive(page)
    await page.getByLabel('谁来了').fill(guest.name)
    if (javaScriptEnabled) await page.getByRole('option').filter({ hasText: guest.name }).first().click()
    else {
      await page.getByRole('button', { name: '查找' }).click()
      await page.getByRole('button', { name: new RegExp(`^签到：${guest.name}`) }).first().click()
    }
    await page.getByRole('heading', { name: /座位已满/ }).waitFor()
    await page.getByLabel('加座原因').fill('坐得下')
    await page.getByRole('button', { name: '加座并签到' }).click()
    await page.getByText(`${guest.name} 已签到`).first().waitFor()
  })
  expect(await sql()`select capacity, taken from seat_pools where id = ${planned.pools[0]!}`).toEqual([{ capacity: 2, taken: 2 }])
})

const sent = (page: Page) => page.locator('[data-waiting]')

it.each([360, 1280])('the check-in desk goes on without network, also loaded anew, and all of it is there once when the network is back, at %d px', async (width) => {
  const people = [await takeLearner(sql()), await takeLearner(sql()), await takeLearner(sql()), await takeLearner(sql())]
  const planned = await begun(4, people.map(({ personId }) => personId))
  const [, , byCard, withoutCard] = people
  await sql()`select private.issue_card(${byCard!.personId}, false, null)`
  const [{ number: held }] = await sql()`select number from person_cards where person_id = ${byCard!.personId} and revoked_at is null` as unknown as [{ number: string }]
  // A card that was lost and replaced.
  await sql()`select private.issue_card(${withoutCard!.personId}, false, null)`
  const [{ number: lost }] = await sql()`update person_cards set revoked_at = now() - interval '1 day', issued_at = now() - interval '2 days' where person_id = ${withoutCard!.personId} and revoked_at is null returning number` as unknown as [{ number: string }]
  await visit({ as: manager, width, allow: [/ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch/] }, async (page) => {
    await open(page, `/desk/door/${planned.sessions[0]}`)
    await page.getByText('已连上门户').waitFor()
    await page.getByText('断了网、刷新了也能打开').waitFor()
    await page.getByRole('button', { name: people[0]!.name }).click()
    await sent(page).getByText('门户记着已签到 1 人').waitFor()
    expect(await overhang(page)).toBe(0)

    await takeNetwork(page)
    await page.getByRole('button', { name: people[1]!.name }).click()
    await page.getByLabel('谁来了').fill(held)
    await page.getByRole('button', { name: '签到', exact: true }).click()
    await page.getByText(`${byCard!.name}：已记在本机`).waitFor()
    await sent(page).getByText('2 条还在本机').waitFor()
    await page.getByText('已记在本机，还没送到').first().waitFor()

    await page.reload()
    await page.getByRole('heading', { name: `签到台：${planned.title}` }).waitFor()
    await page.getByText('连不上门户').waitFor()
    await sent(page).getByText('2 条还在本机').waitFor()
    await page.getByLabel('谁来了').fill(lost)
    await page.getByRole('button', { name: '签到', exact: true }).click()
    await page.getByText('这张卡不在本机的名单里').waitFor()
    expect((await marks(planned)).length).toBe(1)

    await giveNetworkBack(page)
    await sent(page).getByText('门户记着已签到 3 人').waitFor()
    await page.getByText('这张卡已经挂失换新').waitFor()
    expect((await marks(planned)).map(({ person_id, method }) => `${person_id} ${method}`).sort()).toEqual([`${people[0]!.personId} roster`, `${people[1]!.personId} roster`, `${byCard!.personId} card`].sort())
    // What lay on the device is the list, never a whole phone number; signing out takes it away.
    const kept = () => page.evaluate(() => new Promise<string>((resolve, reject) => {
      const request = indexedDB.open('linxue-door')
      request.onsuccess = () => {
        const all = request.result.transaction('lists').objectStore('lists').getAll()
        all.onsuccess = () => resolve(JSON.stringify(all.result))
      }
      request.onerror = () => reject(new Error('no database'))
    }))
    expect(await kept()).toContain(people[0]!.name)
    expect(await kept()).not.toContain(people[0]!.phone)
    expect(await kept()).not.toContain(held)
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.waitForURL('**/')
    expect(await kept()).toBe('[]')
  })
}, 90_000)

it('a device whose clock is a day ahead is told so, and its marks are put right', async () => {
  const who = await takeLearner(sql())
  const planned = await begun(2, [who.personId])
  await visit({ as: manager, width: 1440, height: 900 }, async (page) => {
    await page.clock.install({ time: new Date(Date.now() + 86_400_000) })
    await page.goto(`/desk/door/${planned.sessions[0]}`)
    await page.clock.runFor(2000)
    await page.getByText('这台设备的时钟快了1 天').waitFor()
    await page.getByRole('button', { name: who.name }).click()
    await sent(page).getByText('门户记着已签到 1 人').waitFor()
    await page.goto(`/desk/activities/sessions/${planned.sessions[0]}`)
    await page.getByText('“签到台”的时钟快了1 天').waitFor()
  })
  const [row] = await sql()`select abs(extract(epoch from seen_at - now())) < 300 as near from attendance_marks where session_id = ${planned.sessions[0]!}`
  expect(row!.near).toBe(true)
})

it('cards are read by the camera, with the browser\'s reader or ours', async () => {
  const who = await takeLearner(sql())
  const planned = await begun(2, [who.personId])
  await sql()`select private.issue_card(${who.personId}, false, null)`
  const [{ number }] = await sql()`select number from person_cards where person_id = ${who.personId} and revoked_at is null` as unknown as [{ number: string }]
  const { data: modules } = encode(`https://linxue.example/c/${number}`, { border: 3 })
  await visit({ as: manager, width: 1280, height: 900 }, async (page) => {
    // A camera that sees the card.
    await page.addInitScript((code: boolean[][]) => {
      const see = () => {
        const canvas = document.createElement('canvas')
        canvas.width = canvas.height = code.length * 8
        const context = canvas.getContext('2d')!
        setInterval(() => {
          for (const [y, row] of code.entries()) for (const [x, dark] of row.entries()) {
            context.fillStyle = dark ? 'black' : 'white'
            context.fillRect(x * 8, y * 8, 8, 8)
          }
        }, 100)
        return Promise.resolve(canvas.captureStream(10))
      }
      Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia: see } })
      Reflect.deleteProperty(globalThis, 'BarcodeDetector')
    }, modules)
    await open(page, `/desk/door/${planned.sessions[0]}`)
    await page.getByRole('button', { name: '打开摄像头刷卡' }).click()
    await sent(page).getByText('门户记着已签到 1 人').waitFor()
  })
  expect(await marks(planned)).toEqual([{ person_id: who.personId, method: 'card' }])
})

it.each([360, 1280])('a signed sheet is entered by keyboard alone, counted and taken back, and its photo is kept, at %d px', async (width) => {
  const people = [await takeLearner(sql()), await takeLearner(sql()), await takeLearner(sql())]
  const planned = await begun(3, people.map(({ personId }) => personId))
  await sql()`update activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '2 hours' where id = ${planned.sessions[0]!}`
  await visit({ as: manager, width, height: 900, allow: [/status of 422/] }, async (page) => {
    await open(page, `/desk/activities/sessions/${planned.sessions[0]}/entry`)
    const enter = async (text: string) => {
      await page.keyboard.type(text)
      await page.keyboard.press('Enter')
    }
    await enter('1')
    await page.getByText(`${people[0]!.name} 已录入`).waitFor()
    await enter('3')
    await page.getByText(`${people[2]!.name} 已录入`).waitFor()
    await page.locator('[data-count]').getByText('已签到 2 人，这次录入 2 人').waitFor()
    await enter('-')
    await page.getByText(`已撤回 ${people[2]!.name}`).waitFor()
    await page.locator('[data-count]').getByText('已签到 1 人，这次录入 1 人').waitFor()
    await enter('99')
    await page.getByText('名单里没有“99”').waitFor()
    await page.keyboard.press('Escape')
    await enter(people[1]!.name)
    await page.locator('[data-count]').getByText('已签到 2 人').waitFor()
    await page.getByLabel('签到表的照片').setInputFiles({ name: '表.txt', mimeType: 'text/plain', buffer: Buffer.from('not a photo') })
    await page.getByRole('button', { name: '保存照片' }).click()
    await page.getByText('这不是 JPEG').waitFor()
    const photo = await page.screenshot({ type: 'png', clip: { x: 0, y: 0, width: 80, height: 60 } })
    await page.getByLabel('签到表的照片').setInputFiles({ name: '表.png', mimeType: 'image/png', buffer: photo })
    await page.getByRole('button', { name: '保存照片' }).click()
    await page.getByRole('button', { name: '看第 1 张' }).waitFor()
    expect(await overhang(page)).toBe(0)
  })
  expect(await marks(planned)).toHaveLength(3)
  expect(await sql()`select count(*)::integer as people from private.attendance_of(${planned.sessions[0]!})`).toEqual([{ people: 2 }])
  expect(await sql()`select octet_length(cipher) > 100 as sealed from private.sheet_files where session_id = ${planned.sessions[0]!}`).toEqual([{ sealed: true }])
})
