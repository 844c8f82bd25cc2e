// A volunteer registers, is approved, takes a shift, comes and goes by the code, is confirmed, disputes the hours and has the answer.
import { expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()
const manager = { username: 'qingxi' } as const

/** A published call with one shift tomorrow. */
async function callFor(title: string): Promise<number> {
  const cookie = await signedIn(sql(), manager)
  const post = <T>(path: string, body: object) => ask<T>(`/api/desk/volunteers/service${path}`, { method: 'POST', cookie, body })
  const { body: { opportunity } } = await post<{ opportunity: number }>('', { unit: 'QJ-YX-01-S', title, role: '陪伴志愿者', venue: '镇敬老院', category: 'civic_governance', about: '陪老人说说话。' })
  const day = new Date(Date.now() + 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
  const { body: { shift } } = await post<{ shift: number }>(`/${opportunity}/shifts`, { startsAt: `${day}T00:05`, endsAt: `${day}T02:05`, capacity: '2' })
  expect((await post(`/${opportunity}/publication`, {})).status).toBe(200)
  return shift
}

/** Time passes: the shift, and whoever came to it, lie in the afternoon of yesterday; hours are counted day by day, and around midnight there would be less. */
async function pass(shift: number): Promise<void> {
  const at = (hour: number) => sql()`(private.china_date(now()) - 1 + make_time(${hour}, 0, 0)) at time zone 'Asia/Shanghai'`
  await sql().begin(async (one) => {
    await one`alter table public.service_checks disable trigger service_checks_append_only`
    await one`update public.service_checks set at = case what when 'in' then ${at(14)} else ${at(16)} end where place_id in (select id from public.service_places where shift_id = ${shift})`
    await one`alter table public.service_checks enable trigger service_checks_append_only`
    await one`update public.service_shifts set starts_at = ${at(14)}, ends_at = ${at(16)} where id = ${shift}`
  })
}

it.each([360, 1280])('from the registration to the answer at %d px', async (width) => {
  const learner = await takeLearner(sql())
  const title = `敬老院读报 ${width}`
  const shift = await callFor(title)
  const school = (await sql()`select name from units where code = 'QJ-YX-01-S'`)[0]!.name as string
  const size = { width, height: 900 }

  await visit({ as: learner, ...size, allow: [/status of 422/] }, async (page) => {
    await open(page, '/volunteers')
    await page.getByRole('button', { name: '提交登记' }).click()
    await page.getByText('请选来自哪里。').waitFor()
    await page.getByLabel('在哪里登记').selectOption({ label: school })
    await page.getByLabel('您来自').selectOption('skilled')
    await page.getByLabel('特长').fill('读报')
    await page.getByRole('button', { name: '提交登记' }).click()
    await page.getByText('登记已提交').waitFor()
    expect(await page.getByRole('button', { name: '报这个班' }).count()).toBe(0)
    expect(await overhang(page)).toBe(0)
  })
  await visit({ as: manager, ...size }, async (page) => {
    await open(page, '/desk/volunteers?unit=QJ-YX-01')
    await page.getByRole('link', { name: /份登记待同意/ }).click()
    await page.getByRole('link', { name: learner.name, exact: true }).click()
    await page.getByRole('button', { name: '同意登记' }).click()
    await page.getByText('已处理。').waitFor()
    expect(await overhang(page)).toBe(0)
  })
  await visit({ as: learner, ...size }, async (page) => {
    await open(page, '/volunteers')
    await page.getByRole('listitem').filter({ hasText: title }).getByRole('button', { name: '报这个班' }).click()
    await page.getByText('报名成功').waitFor()
  })

  await sql()`update public.service_shifts set starts_at = date_trunc('minute', now()) - interval '10 minutes', ends_at = date_trunc('minute', now()) + interval '110 minutes' where id = ${shift}`
  let code = ''
  await visit({ as: manager, ...size }, async (page) => {
    await open(page, `/desk/volunteers/shifts/${shift}`)
    code = await page.getByTestId('shift-code').innerText()
    expect(code).toMatch(/^\d{6}$/)
    expect(await overhang(page)).toBe(0)
    await page.getByRole('link', { name: '在屏幕上显示签到码' }).click()
    await page.getByAltText('签到码').waitFor()
    await page.getByText('已签到 0 人，报名 1 人').waitFor()
    expect(await overhang(page)).toBe(0)
  })
  await visit({ as: learner, ...size, allow: [/status of 409/] }, async (page) => {
    await open(page, '/my/service')
    await page.getByLabel('现场的 6 位码').fill(code === '000000' ? '111111' : '000000')
    await page.getByRole('button', { name: '签到', exact: true }).click()
    await page.getByText('签到码不对').waitFor()
    await page.getByLabel('现场的 6 位码').fill(code)
    await page.getByRole('button', { name: '签到', exact: true }).click()
    await page.getByText('已签到，辛苦了。').waitFor()
    // Another form stands there once the page knows it.
    await page.getByRole('button', { name: '签退', exact: true }).waitFor()
    // On leaving the screen is scanned: no digits then.
    const [{ scanned }] = await sql()`select private.shift_scan_code(id, secret, private.check_in_step(30)) as scanned from public.service_shifts where id = ${shift}` as unknown as [{ scanned: string }]
    await page.goto(`/check-in/service/${shift}-1-0123456789abcdef`)
    await page.getByText('这个码不是班次的签到码').first().waitFor()
    await open(page, `/check-in/service/${scanned}`)
    await page.getByText('已扫到志愿服务').waitFor()
    expect(await page.getByLabel('现场的 6 位码').count()).toBe(0)
    await page.getByRole('button', { name: '签退', exact: true }).click()
    await page.getByText('等负责人确认时长').first().waitFor()
    expect(await overhang(page)).toBe(0)
  })

  await pass(shift)
  await visit({ as: manager, ...size }, async (page) => {
    await open(page, `/desk/volunteers/shifts/${shift}`)
    await page.getByRole('button', { name: '确认时长' }).click()
    await page.getByText(`${learner.name}：计 2 小时`).waitFor()
    await page.getByText('计 2 小时，2.4 学分').waitFor()
    expect(await overhang(page)).toBe(0)
  })
  await visit({ as: learner, ...size }, async (page) => {
    await open(page, '/my/service')
    await page.getByText('时长不对？提出申诉').click()
    await page.getByLabel('哪里不对').fill('我提前半小时走的，多算了')
    await page.getByRole('button', { name: '提交申诉' }).click()
    await page.getByText('申诉已提交').waitFor()
    expect(await overhang(page)).toBe(0)
  })
  await visit({ as: manager, ...size }, async (page) => {
    await open(page, '/desk/volunteers/disputes?unit=QJ-YX-01')
    const dispute = page.getByRole('listitem').filter({ hasText: learner.name })
    await dispute.getByText('答复', { exact: true }).first().click()
    await dispute.getByLabel('改成').check()
    const [{ ends }] = await sql()`select to_char((ends_at - interval '30 minutes') at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI') as ends from public.service_shifts where id = ${shift}` as unknown as [{ ends: string }]
    await dispute.getByLabel('实际结束').fill(ends)
    await dispute.getByLabel('答复的话').fill('谢谢您，已改正')
    await dispute.getByRole('button', { name: '答复' }).click()
    await page.getByText('已答复。').waitFor()
    expect(await overhang(page)).toBe(0)
  })
  await visit({ as: learner, ...size }, async (page) => {
    await open(page, '/my/service')
    await page.getByText('答复（已改）：谢谢您，已改正').waitFor()
    await page.getByText('计 1.5 小时').first().waitFor()
    await page.getByRole('button', { name: '开证明' }).click()
    await page.waitForURL('**/credits/certificates/**')
    expect(await overhang(page)).toBe(0)
  })
  expect(await sql()`select * from private.service_faults()`).toEqual([])
})

it('registers without scripts, and comes back with what was typed where something is missing', async () => {
  const learner = await takeLearner(sql())
  await visit({ as: learner, javaScriptEnabled: false }, async (page) => {
    await page.goto('/volunteers')
    await page.getByLabel('特长').fill('修收音机')
    await page.getByRole('button', { name: '提交登记' }).click()
    await page.getByText('请选来自哪里。').waitFor()
    expect(await page.getByLabel('特长').inputValue()).toBe('修收音机')
    await page.getByLabel('在哪里登记').selectOption({ index: 1 })
    await page.getByLabel('您来自').selectOption('resident')
    await page.getByRole('button', { name: '提交登记' }).click()
    await page.getByText('登记已提交').waitFor()
  })
})
