import { readXlsx } from 'hucre/xlsx'
import { describe, expect, inject, it } from 'vitest'
import { alive, open, useBrowser } from '../fixtures/browser.ts'
import { ask, signedIn } from '../fixtures/portal.ts'

const { visit, sql } = useBrowser()

it('a village of the heat grid is reached by keyboard and opens its figures', () => visit({ width: 1280, as: { username: 'yunxi' } }, async (page) => {
  await open(page, '/desk/metrics')
  const part = (heading: string) => page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: heading }) })
  const village = part('各村、社区一览').getByRole('link').first()
  const name = await village.locator('span').first().innerText()
  await part('下一级各单位').getByRole('link').last().focus()
  await page.keyboard.press('Tab')
  expect(await village.evaluate(link => link === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: `${name}：` }).waitFor()
}))

it('the page of figures says how the last check at night went', () => visit({ width: 360, as: { username: 'qingxi' }, javaScriptEnabled: false }, async (page) => {
  await page.goto('/desk/metrics')
  await page.getByText(/夜里核对过：抽查 [\d,]+ 人和.+的全部数字（[\d,]+ 个），0 处不符/).waitFor()
}))

it('every figure is there without scripts, and opens the people behind it', () => visit({ width: 1280, as: { username: 'qingxi' }, javaScriptEnabled: false }, async (page) => {
  await page.goto('/desk/metrics')
  await page.getByText('用表格看').first().click()
  await page.getByRole('cell').first().waitFor()
  await page.getByText('用表格看').last().click()
  const women = page.getByRole('row', { name: /^60-69 岁 · 女/ })
  expect(await women.getByRole('cell').count()).toBe(4)
  expect(await women.getByRole('cell').nth(1).innerText()).toMatch(/%$/)
  await page.getByLabel('类别', { exact: true }).selectOption({ label: '全民健身' })
  await page.getByRole('button', { name: '查看' }).click()
  await page.getByRole('heading', { level: 1, name: '全民健身' }).waitFor()
  await page.getByText('逐月进度统计的是：常住居民 · 全民健身').waitFor()
  await page.goto('/desk/metrics')
  await page.getByRole('link', { name: /^女，60-69 岁：/ }).click()
  await page.getByText('60-69 岁 · 女').waitFor()
  expect(await page.locator('tbody tr').count()).toBeGreaterThan(0)
}))

it('units below are ranked by their rate, each denominator says its day, and what is missing is a link away', () => visit({ width: 1280, as: { username: 'city' } }, async (page) => {
  await open(page, '/desk/metrics?unit=QJ-YX')
  const below = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: '下一级各单位' }) })
  await below.getByRole('columnheader', { name: '名次' }).waitFor()
  expect(await below.locator('tbody tr').nth(1).getByRole('cell').first().innerText()).toBe('1')
  await below.getByText(/^截至 /).first().waitFor()
  await below.getByRole('link', { name: '按“单位”排序' }).click()
  await below.getByRole('columnheader', { name: '名次' }).waitFor({ state: 'detached' })
  await open(page, '/desk/metrics?unit=QJ-YX&group=rural_outgoing')
  await page.getByRole('link', { name: /看看缺哪些/ }).first().click()
  await page.getByRole('heading', { level: 1, name: '云溪县' }).waitFor()
}))

it('person-times open the records that they count, without scripts, with the same number in their head', () => visit({ width: 360, as: { username: 'qingxi' }, javaScriptEnabled: false }, async (page) => {
  await page.goto('/desk/metrics')
  const figure = page.getByRole('link', { name: /人次，看看是哪些记录$/ }).first()
  const times = await figure.innerText()
  await figure.click()
  await page.getByText(`报表上：${times} 人次`).waitFor()
  await page.getByText(`下面的记录逐条数：${times} 条`).waitFor()
  await page.getByText('和报表一致').waitFor()
  expect(await page.locator('tbody tr').count()).toBeGreaterThan(0)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  await page.locator('tbody a').first().click()
  await page.getByRole('columnheader', { name: '怎么记的' }).waitFor()
}))

it('the figures of a year come as a workbook that opens, and as tables', async () => {
  const cookie = await signedIn(sql(), { username: 'yunxi' })
  const response = await fetch(`${inject('portalUrl')}/api/desk/metrics/workbook?unit=QJ-YX`, { headers: { cookie } })
  const { sheets } = await readXlsx(new Uint8Array(await response.arrayBuffer()))
  expect(sheets.map(({ name }) => name)).toEqual(['说明', '下级单位', '人群', '类别', '逐月', '村社区', '年龄性别', '城乡', '渠道', '志愿者', '寒暑假青少年', '工作人员培训', '缺基数'])
  const units = sheets[1]!.rows
  expect(units[0]!.slice(0, 2)).toEqual(['单位编码', '单位'])
  expect(units[1]!.slice(0, 2)).toEqual(['QJ-YX', '云溪县'])
  expect(units[1]![4]).toBeTypeOf('number')
  const lacking = sheets.at(-1)!.rows
  expect(lacking[0]).toEqual(['单位编码', '单位', '上级单位', '人群', '缺人口基数的单位'])
  const [gaps] = await sql()`select count(*)::integer as cells from public.units unit cross join public.population_groups known
    where unit.code like 'QJ-YX-%' and unit.kind_id = 'administration' and known.id = 'resident'
      and private.stood_in(unit.opened_on, unit.closed_on, extract(year from private.china_date(now()))::integer)
      and not exists (select from public.units child where child.parent_id = unit.id and child.kind_id = 'administration')
      and not exists (select from public.populations current where current.unit_id = unit.id and current.group_id = known.id and current.area = 'all'
        and current.year = extract(year from private.china_date(now())))`
  expect(lacking.slice(1).filter(row => row[3] === '常住居民' && row[2] !== null && row[2] !== undefined)).toHaveLength(gaps!.cells as number)
  for (const table of ['units', 'groups', 'categories', 'months', 'villages', 'ages', 'areas', 'channels', 'holidays', 'staff', 'taught', 'taughtGroups']) {
    const csv = await ask<string>(`/api/desk/metrics/file?unit=QJ-YX&table=${table}`, { cookie })
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.body.split('\r\n').length, table).toBeGreaterThan(3)
  }
})

it('young people in the holidays and trained staff stand beside coverage, with what they mean, also on a phone', () => visit({ width: 360, as: { username: 'yunxi' } }, async (page) => {
  await open(page, '/desk/metrics')
  const part = (heading: string) => page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: heading }) })
  await part('寒暑假青少年覆盖率').getByRole('row', { name: '云溪县' }).waitFor()
  await part('寒暑假青少年覆盖率').getByText('自学不算').waitFor()
  await part('工作人员培训率').getByRole('row', { name: '合计（每人只算一次）' }).getByText('%').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
}))

it('whoever sees no names is told what is hidden, and gets no rows', () => visit({ width: 1280, as: { username: 'inspector' } }, async (page) => {
  await open(page, '/desk/metrics?unit=QJ-YX-01')
  await page.getByText('5 人以下的数字已隐去').waitFor()
  await open(page, '/desk/metrics/people?unit=QJ-YX-01')
  await page.getByText('只看数字，不看是哪些人').waitFor()
  expect(await page.locator('tbody').count()).toBe(0)
}))

it('whoever sees who is in need here alone is told that the unit\'s own work reached people from anywhere', () => visit({ width: 1280, as: { username: 'qingxi' } }, async (page) => {
  await open(page, '/desk/metrics?unit=QJ-YX-01&axis=organiser')
  await page.getByText('本单位教过的人住在各地').waitFor()
}))

describe('a report', () => {
  it('is handed in, approved by the county, and a late record shows as drift', async () => {
    const [period] = await sql()`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
      values (2024, 'year', '2024-01-01', '2024-12-31', private.china_date(now()) + 30, '{county,township}') returning id`
    const address = `/desk/periods/${period!.id}/QJ-YX-01`
    await visit({ width: 1280, as: { username: 'qingxi' } }, async (page) => {
      await open(page, '/desk')
      await page.getByRole('link', { name: '报送 清溪镇 2024 年度' }).click()
      await page.getByRole('button', { name: '报送这些数字' }).click()
      await page.getByText('待审批').waitFor()
      await page.getByText('报送以后没有数字变化').waitFor()
      for (const name of ['单位组织的学习人数（不含自学）', '本单位办学教到的人数', '参加志愿服务的注册志愿者']) await page.getByRole('rowheader', { name }).waitFor()
    })
    await visit({ width: 1280, as: { username: 'yunxi' }, allow: [/status of 422/] }, async (page) => {
      await open(page, '/desk/periods')
      await page.getByRole('link', { name: '审批 清溪镇 2024 年度' }).click()
      await page.getByRole('button', { name: '退回' }).click()
      await page.getByText('请写明理由').waitFor()
      await page.getByRole('button', { name: '批准' }).click()
      await page.getByText('已批准', { exact: true }).waitFor()
    })
    await sql()`select private.record_participation('e2e:late', person.id, lesson.id, '2024-05-01T10:00+08:00', '2024-05-01T11:00+08:00', 1, 'web')
      from (select id from public.persons where residence_unit_id in (select id from public.units where code like 'QJ-YX-01-%') limit 1) person,
        (select id from public.lessons limit 1) lesson`
    await sql()`select private.award_credit(key, id, 'lesson_completed', 60) from public.participations where key = 'e2e:late'`
    await sql()`select private.drain_marks(1000)`
    await visit({ width: 1280, as: { username: 'qingxi' } }, async (page) => {
      await open(page, address)
      await page.getByText('报送以后有').waitFor()
      const row = page.getByRole('row', { name: /^常住居民学习人数/ })
      expect((await row.getByRole('cell').allInnerTexts()).map(text => text.trim())).toEqual(expect.arrayContaining(['0', '+1']))
      await page.getByText('申请重开').first().click()
      await page.getByLabel('为什么要重开').fill('漏了五月的一次学习')
      await page.getByRole('button', { name: '申请重开' }).click()
      await page.getByText('已申请重开，等上级决定').waitFor()
    })
    await visit({ width: 1280, as: { username: 'yunxi' } }, async (page) => {
      await open(page, address)
      await page.getByRole('button', { name: '同意重开' }).click()
      await page.getByText('已重开，待再报').waitFor()
    })
  })

  it('is approved together with others, without scripts, and who owes what is seen by the units below', () => visit({ width: 360, as: { username: 'yunxi' }, javaScriptEnabled: false }, async (page) => {
    const [period] = await sql()`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
      values (2021, 'q1', '2021-01-01', '2021-03-31', private.china_date(now()) + 30, '{township}') returning id`
    const cookie = await signedIn(sql(), { username: 'qingxi' })
    expect((await ask(`/api/desk/periods/${period!.id}/QJ-YX-01/hand-in`, { method: 'POST', cookie, body: {} })).status).toBe(200)
    await page.goto(`/desk/periods/approval?period=${period!.id}`)
    await page.getByRole('button', { name: '批准打勾的' }).click()
    await page.getByText('请先打勾选要批准的报送').waitFor()
    await page.getByLabel('清溪镇').check({ force: true })
    await page.getByRole('button', { name: '批准打勾的' }).click()
    await page.getByText('这一期没有等您审批的报送').waitFor()
    await page.goto(`/desk/periods?period=${period!.id}`)
    const row = page.getByRole('region', { name: /下一级各单位报送情况/ }).getByRole('row', { name: /清溪镇/ })
    expect((await row.getByRole('cell').allInnerTexts()).map(text => text.trim())).toEqual(['1', '1', '100%', '1', '100%', '1'])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    await row.getByRole('link', { name: '清溪镇' }).click()
    await page.getByRole('heading', { level: 1, name: '报送与审批' }).waitFor()
  }))

  it('of a period opened wrongly is not owed any more', () => visit({ width: 1280, as: { username: 'city' }, allow: [/status of 422/] }, async (page) => {
    const [period] = await sql()`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
      values (2021, 'q2', '2021-04-01', '2021-06-30', private.china_date(now()) + 30, '{township}') returning id`
    await open(page, `/desk/periods?period=${period!.id}`)
    await page.getByText('改截止日或撤回这一期').click()
    await page.getByLabel('新的截止日').fill('2090-01-01')
    await page.getByRole('button', { name: '改截止日' }).click()
    await page.getByText('截止日不能早于今天').waitFor()
    await page.locator('input[name=sure]').check()
    await page.getByRole('button', { name: '撤回这一期' }).click()
    await page.waitForURL(url => !url.search)
    expect(await sql()`select from public.reporting_periods where id = ${period!.id}`).toHaveLength(0)
  }))

  it('late and without a reason is refused in words, without scripts too, and what was typed stays', () => visit({ width: 1280, as: { username: 'yunxi' }, javaScriptEnabled: false }, async (page) => {
    const [period] = await sql()`select id from public.reporting_periods where part = 'h1'`
    await page.goto(`/desk/periods/${period!.id}/QJ-YX`)
    await page.getByLabel('书面说明').fill('忘')
    await page.getByRole('button', { name: '报送这些数字' }).click()
    await page.getByText('已过截止日，请写明原因').waitFor()
    expect(await page.getByLabel('书面说明').inputValue()).toBe('忘')
  }))
})

for (const javaScriptEnabled of [true, false]) {
  it(`a head count is recorded and put right ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => visit({ width: 1280, as: { username: 'qingxi' }, javaScriptEnabled, allow: [/status of 422/] }, async (page) => {
    const title = javaScriptEnabled ? '端午包粽子' : '端午赛龙舟'
    await page.goto('/desk/head-counts')
    if (javaScriptEnabled) await alive(page)
    await page.getByLabel('活动名称').fill(title)
    await page.getByLabel('日期').fill('2026-06-19')
    await page.getByLabel('开始').fill('09:00')
    await page.getByLabel('结束').fill('11:00')
    await page.getByLabel('现场人数').fill('120')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText('请从列表里选一个类别').waitFor()
    expect(await page.getByLabel('活动名称').inputValue()).toBe(title)
    await page.getByLabel('类别').selectOption({ label: '传统与地方文化' })
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByRole('row', { name: title }).waitFor()
    await page.getByRole('link', { name: `更正：${title}` }).click()
    await page.getByRole('heading', { name: `更正：${title}` }).waitFor()
    await page.getByLabel('现场人数').fill('110')
    await page.getByRole('button', { name: '保存更正' }).click()
    await page.getByRole('row', { name: title }).nth(1).waitFor()
    expect(await page.getByRole('row', { name: title }).filter({ hasText: '已更正' }).count()).toBe(1)
  }))
}

it('the figures of any days are counted in the background, found again after a reload, open their records and leave as files', () => visit({ width: 1280, as: { username: 'qingxi' }, allow: [/status of 422/] }, async (page) => {
  await open(page, '/desk/metrics')
  await page.getByRole('link', { name: '任意起止日期的数字' }).click()
  await page.getByLabel('从哪天').fill('2026-03-01')
  await page.getByLabel('到哪天（含）').fill('2026-02-01')
  await page.getByRole('button', { name: '开始计算' }).click()
  await page.getByText('结束日期要在开始日期当天或以后。').waitFor()
  await page.getByLabel('到哪天（含）').fill('2026-06-30')
  await page.getByRole('button', { name: '开始计算' }).click()
  await page.waitForURL('**/desk/metrics/ranges/*')
  await page.reload()
  await page.getByText('已算好').waitFor({ timeout: 30_000 })
  const below = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: '下级单位' }) })
  await below.getByRole('row').nth(1).getByRole('link', { name: /人次，看看是哪些记录$/ }).click()
  await page.getByText(/^算的时候：[\d,]+ 人，[\d,]+ 人次，/).waitFor()
  expect(await page.locator('tbody tr').count()).toBeGreaterThan(0)
  const id = /ranges\/(\d+)/.exec(page.url())![1]
  const cookie = await signedIn(sql(), { username: 'qingxi' })
  const csv = await ask<string>(`/api/desk/metrics/ranges/${id}/file?table=groups`, { cookie })
  expect(csv.body).toContain('常住居民,')
  const response = await fetch(`${inject('portalUrl')}/api/desk/metrics/ranges/${id}/file?table=all`, { headers: { cookie } })
  const { sheets } = await readXlsx(new Uint8Array(await response.arrayBuffer()))
  expect(sheets.map(({ name }) => name)).toEqual(['说明', '下级单位', '人群', '类别'])
}))
