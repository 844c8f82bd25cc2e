import { writeXlsx } from 'hucre/xlsx'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { violationsOf } from '../fixtures/axe.ts'
import { alive, open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const MANAGER = { username: 'qingxi' }

async function listOf(day: string, more: string[] = []): Promise<Buffer> {
  const people = await sql()`select min(person.name) as name, person.birth_year as birth, home.code as home from public.persons person join public.units home on home.id = person.residence_unit_id
    where home.code like 'QJ-YX-01-%' and home.closed_on is null and person.birth_year < 1985 group by person.name, person.birth_year, home.code having count(*) = 1 order by 1, 2, 3 limit 12`
  return Buffer.from(['姓名,出生年份,村社区,培训日期,课时', ...people.map(({ name, birth, home }) => `${name},${birth},${home},${day},2`), ...more].join('\n'))
}

async function upload(page: Page, buffer: Buffer): Promise<void> {
  await page.getByLabel('表格文件').setInputFiles({ name: '春季培训签到.csv', mimeType: 'text/csv', buffer })
  await page.getByRole('button', { name: '上传并继续' }).click()
  await page.getByRole('heading', { name: '哪一列是什么' }).waitFor()
}

async function violations(page: Page): Promise<string[]> {
  return [...await violationsOf(page), ...await overhang(page) ? ['wider than its window'] : []]
}

describe('a list from another department', () => {
  it.each([true, false])('is on another sheet of its workbook, which is chosen (scripts: %s)', javaScriptEnabled => visit({ as: MANAGER, javaScriptEnabled }, async (page) => {
    const buffer = Buffer.from(await writeXlsx({ sheets: [
      { name: '三月', rows: [['姓名', '出生年份', '村', '日期', '学时'], ['王秀英', '1954', '柳溪村', '2026-03-11', '1']] },
      { name: '四月', rows: [['四月日期', '姓名', '村'], ['2026-04-11', '王秀英', '柳溪村']] },
      { name: '旧', rows: [['姓名']], hidden: true },
    ] }))
    await page.goto('/desk/imports/new?kind=participation')
    if (javaScriptEnabled) await alive(page)
    await page.getByLabel('表格文件').setInputFiles({ name: '两个月.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer })
    await page.getByRole('button', { name: '上传并继续' }).click()
    await page.getByText('读的是工作表“三月”').waitFor()
    await page.getByText('这个文件还有：四月、旧（隐藏）').waitFor()
    if (javaScriptEnabled) await alive(page)
    await page.getByLabel('换一张工作表').selectOption('四月')
    await page.getByRole('button', { name: '读这一张' }).click()
    await page.getByText('读的是工作表“四月”').waitFor()
    await page.getByRole('columnheader', { name: '四月日期' }).waitFor()
    if (javaScriptEnabled) expect(await violations(page)).toEqual([])
  }))

  it('is uploaded, matched, checked, written, and taken back; a reload in the middle loses nothing', () => visit({ as: MANAGER }, async (page) => {
    await open(page, '/desk')
    await page.getByRole('navigation', { name: '工作台导航' }).getByRole('link', { name: '导入' }).click()
    await page.getByRole('link', { name: '导入一份表格' }).click()
    await alive(page)
    await upload(page, await listOf('2026-03-12', ['无此人,1950,QJ-YX-01-01,2026-03-12,2']))
    expect(await violations(page)).toEqual([])
    await alive(page)
    // A reload before anything was sent would be no reload in the middle.
    const sent = page.waitForResponse(/\/columns$/)
    await page.getByRole('button', { name: '核对', exact: true }).click()
    await sent
    await page.reload()
    await page.getByRole('heading', { name: '核对结果' }).waitFor()
    await expect.poll(() => page.getByRole('cell', { name: '没有登记过这个人。' }).count()).toBe(1)
    expect(await violations(page)).toEqual([])
    await alive(page)
    await page.getByLabel('只写入没问题的行').check()
    const asked = page.waitForResponse(/\/application$/)
    await page.getByRole('button', { name: '写入', exact: true }).click()
    await asked
    await page.reload()
    await page.getByText('写入了 12 行。').waitFor()
    expect(await page.getByRole('link', { name: '看 2026 年的指标' }).getAttribute('href')).toContain('year=2026')
    expect(await violations(page)).toEqual([])
    await alive(page)
    await page.getByLabel('我确定要撤回这一批').check()
    await page.getByRole('button', { name: '撤回这一批' }).click()
    await page.getByText('12 条参与记录已作废。').waitFor()
  }))

  it('goes the same way without scripts, in large type', () => visit({ as: MANAGER, javaScriptEnabled: false, mode: 'elder' }, async (page) => {
    await page.goto('/desk/imports/new?kind=participation')
    await upload(page, await listOf('2026-03-13'))
    await page.getByRole('button', { name: '核对', exact: true }).click()
    await page.getByRole('heading', { name: '核对结果' }).waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: '写入全部 12 行' }).click()
    await page.getByText('写入了 12 行。').waitFor({ timeout: 30_000 })
  }))

  it('that is no table comes back with the reason beside the field', () => visit({ as: MANAGER }, async (page) => {
    await open(page, '/desk/imports/new')
    await page.getByLabel('表格文件').setInputFiles({ name: '名单.xls', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from('d0cf11e0a1b11ae1', 'hex') })
    await page.getByRole('button', { name: '上传并继续' }).click()
    await page.getByText('这是旧格式的 Excel 文件').waitFor()
    expect(await violations(page)).toEqual([])
  }))
})
