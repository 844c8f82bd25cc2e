// The register as a school's manager uses it: found, entered with duplicates shown, merged and taken apart, revealed, printed.
import { describe, expect, it } from 'vitest'
import { open, overhang, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const qingxi = { as: { username: 'qingxi' }, width: 1280, height: 900 } as const

describe('a person', () => {
  it('is registered once the candidates were looked at, merged, taken apart, revealed and printed', () => visit({ ...qingxi, allow: [/status of 4\d\d/] }, async (page) => {
    await open(page, '/desk/people')
    await page.getByRole('link', { name: '登记新的人' }).click()
    await page.getByRole('heading', { name: '登记一个人' }).waitFor()
    const fill = async (name: string) => {
      await page.getByLabel('姓名').fill(name)
      await page.getByLabel('出生年份').fill('2199')
      await page.getByText('女', { exact: true }).click()
      await page.getByLabel('住在哪个村（社区）').selectOption({ index: 1 })
      await page.getByLabel('手机号', { exact: true }).fill('165 0000 9999')
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await page.getByText('出生日期在今天以后').waitFor()
      await page.getByLabel('出生年份').fill('1951-03-05')
      await page.getByRole('button', { name: '登记', exact: true }).click()
    }
    await fill('仇秀兰')
    await page.getByText('已登记。').waitFor()
    const first = Number(new URL(page.url()).pathname.split('/').at(-1))
    await page.getByText('qiu xiu lan').waitFor()

    await open(page, '/desk/people/new')
    await fill('仇秀兰')
    await page.getByText('手机号相同，姓名也相同或同音').waitFor()
    expect(await page.getByLabel('姓名').inputValue()).toBe('仇秀兰')
    await page.getByRole('button', { name: '这是另一个人，登记' }).click()
    await page.getByText('已登记。').waitFor()

    await open(page, '/desk/people/duplicates')
    await page.getByRole('row', { name: /仇秀兰/ }).first().getByRole('link', { name: '并排比较' }).click()
    await page.getByLabel('为什么是同一个人').fill('本人到场核对')
    await page.getByRole('button', { name: '合并', exact: true }).click()
    await page.getByText('已合并。两边的记录都在这里。').waitFor()
    expect(new URL(page.url()).pathname).toBe(`/desk/people/${first}`)
    await page.getByText('撤销合并').first().click()
    await page.getByRole('button', { name: '撤销合并' }).click()
    await page.getByText('合并已撤销。').waitFor()

    await page.getByText('查看完整号码').first().click()
    await page.getByRole('button', { name: '记录原因并查看' }).first().click()
    await page.getByText('请选一个原因').waitFor()
    await page.getByLabel('为什么要看').first().selectOption('call')
    await page.getByRole('button', { name: '记录原因并查看' }).first().click()
    await page.getByText('16500009999').waitFor()
    await page.reload()
    expect(await page.content()).not.toContain('16500009999')
    const [event] = await sql()`select details from audit_events where action = 'contact_revealed' and subject_id = ${String(first)}`
    expect(event!.details).toEqual({ kind: 'phone', reason: 'call' })

    await open(page, `/desk/people/${first}`)
    await page.getByText('发一张卡').first().click()
    await page.getByRole('button', { name: '发一张卡' }).click()
    await page.getByRole('link', { name: '打印这张卡' }).click()
    await page.waitForURL(/people\/cards/)
    await page.locator('li.card', { hasText: '仇秀兰' }).waitFor()
    await page.emulateMedia({ media: 'print' })
    const card = await page.locator('li.card').first().boundingBox()
    expect([Math.round(card!.width / 96 * 25.4 * 10) / 10, Math.round(card!.height / 96 * 25.4 * 10) / 10]).toEqual([85.6, 54])
  }))

  it('is registered without scripts, and what was typed stays', () => visit({ ...qingxi, javaScriptEnabled: false, allow: [/status of 4\d\d/] }, async (page) => {
    await page.goto('/desk/people/new')
    await page.getByLabel('姓名').fill('万俟雪')
    await page.getByLabel('出生年份').fill('1950')
    await page.getByLabel('身份证号').fill('110105194912310021')
    await page.getByText('女', { exact: true }).click()
    await page.getByLabel('住在哪个村（社区）').selectOption({ index: 2 })
    await page.getByRole('button', { name: '登记', exact: true }).click()
    await page.getByText('身份证号的校验位不对').waitFor()
    await page.getByLabel('身份证号').fill('11010519491231002X')
    await page.getByRole('button', { name: '登记', exact: true }).click()
    await page.getByText('身份证号上的出生年份和填的不一样').waitFor()
    expect(await page.getByLabel('姓名').inputValue()).toBe('万俟雪')
    await page.getByRole('button', { name: '这是另一个人，登记' }).click()
    await page.getByText('已登记。').waitFor()
    await page.getByText('110105********002X').waitFor()
  }))

  it.each([true, false])('is tied to a guardian and merged by finding the other, with scripts: %s', javaScriptEnabled => visit({ ...qingxi, javaScriptEnabled, allow: [/status of 4\d\d/] }, async (page) => {
    const suffix = javaScriptEnabled ? '甲' : '乙'
    const [village] = await sql()`select id from units where code = 'QJ-YX-01-01'`
    const [[parent], [child], [twin]] = await Promise.all([['褚妈妈', 1985], ['褚小宝', 2019], ['褚小宝', 2018]].map(([name, year]) =>
      sql()`insert into persons (name, sex, birth_year, residence_unit_id) values (${`${name}${suffix}`}, 'female', ${year!}, ${village!.id}) returning id::integer`)) as unknown as [[{ id: number }], [{ id: number }], [{ id: number }]]
    const to = async (path: string) => { await (javaScriptEnabled ? open(page, path) : page.goto(path)) }

    await to(`/desk/people/${child.id}`)
    const guardian = page.locator('details', { hasText: '加一位监护人' })
    await guardian.locator('summary').click()
    await guardian.getByLabel('找人').fill('没有这个人')
    await guardian.getByRole('button', { name: '查找' }).click()
    await page.getByText('没有找到。换个写法').waitFor()
    await guardian.getByLabel('找人').fill(`褚妈妈${suffix}`)
    await guardian.getByRole('button', { name: '查找' }).click()
    await guardian.getByText(`编号 ${parent.id}`).waitFor()
    expect(page.url()).not.toContain('Search')
    await guardian.getByText(`褚妈妈${suffix}`).click()
    await guardian.getByLabel('和孩子的关系').selectOption('mother')
    await guardian.getByRole('button', { name: '保存' }).click()
    await page.getByText('监护人已保存。').waitFor()
    expect(await sql()`select guardian_id::integer, relation from guardians where child_id = ${child.id}`).toEqual([{ guardian_id: parent.id, relation: 'mother' }])

    const merge = page.locator('form', { hasText: '和另一个人合并' })
    await merge.getByLabel('找人').fill(`褚小宝${suffix}`)
    await merge.getByRole('button', { name: '查找' }).click()
    await merge.getByText(`编号 ${twin.id}`).waitFor()
    expect(await merge.getByText(`编号 ${child.id}`).count()).toBe(0)
    await merge.getByText(`褚小宝${suffix}`).click()
    await merge.getByRole('button', { name: '并排比较' }).click()
    await page.waitForURL(/compare\?/)
    expect(new URL(page.url()).search).toBe(`?one=${child.id}&other=${twin.id}`)
    await page.getByRole('heading', { name: '是不是同一个人' }).waitFor()
  }))

  it('is chosen by the search where a record is somebody else’s', () => visit(qingxi, async (page) => {
    const [fact] = await sql()`select fact.id, fact.person_id as person, fact.year from participations fact join persons person on person.id = fact.person_id join units home on home.id = fact.residence_unit_id
      where home.code like 'QJ-YX-01-%' and person.residence_unit_id = home.id and person.merged_into is null and fact.kind = 'training' and fact.status = 'attended' and fact.corrects is null
        and not exists (select from participations later where later.corrects = fact.id) and not exists (select from session_records record where record.participation_id = fact.id) order by fact.id limit 1`
    await open(page, `/desk/people/${fact!.person}?year=${fact!.year}`)
    const form = page.locator(`form[action="/api/desk/participations/${fact!.id}/corrections"]`)
    await page.locator('details', { has: form }).last().locator('summary').click()
    await form.getByLabel('哪里不对').selectOption('wrong_person')
    await form.getByLabel('找人').fill('仇秀兰')
    await form.getByRole('button', { name: '查找' }).click()
    await form.getByRole('radio', { name: /仇秀兰/ }).first().waitFor()
    await form.getByLabel('哪里不对').selectOption('wrong_host')
    await form.getByLabel('应该是哪个单位办的').waitFor()
    expect(await form.getByLabel('找人').isVisible()).toBe(false)
  }))

  it('is in the list of a unit, narrowed without scripts', () => visit({ ...qingxi, javaScriptEnabled: false }, async (page) => {
    await page.goto('/desk/people')
    await page.getByRole('table', { name: '居民名单' }).waitFor()
    await page.getByLabel('下级单位').selectOption({ index: 1 })
    await page.getByLabel('缺什么').selectOption('phone')
    await page.getByRole('button', { name: '查看', exact: true }).click()
    await page.waitForURL(/lacks=phone/)
    expect(await page.getByLabel('缺什么').inputValue()).toBe('phone')
    expect(await page.locator('tbody td:nth-child(5)').allTextContents()).toEqual(expect.arrayContaining(['—']))
    expect((await page.locator('tbody td:nth-child(5)').allTextContents()).filter(text => text.trim() !== '—')).toEqual([])
  }))

  it('is found by phone without the number in the address', () => visit(qingxi, async (page) => {
    await open(page, '/desk/people')
    await page.getByLabel('找人').fill('16500009999')
    await page.getByRole('button', { name: '查找' }).click()
    await page.getByRole('link', { name: '仇秀兰' }).first().waitFor()
    expect(page.url()).not.toContain('16500009999')
  }))

  it('has a page that is no wider than a phone', () => visit({ as: { username: 'qingxi' }, width: 360 }, async (page) => {
    const [row] = await sql()`select id from persons where name = '仇秀兰' limit 1`
    for (const path of ['/desk/people', `/desk/people/${row!.id}`, '/desk/people/new', '/desk/people/duplicates']) {
      await open(page, path)
      expect(await overhang(page), path).toBe(0)
    }
  }))
})
