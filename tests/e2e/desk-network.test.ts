import { expect, it } from 'vitest'
import { open, useBrowser } from '../fixtures/browser.ts'

const { visit, sql } = useBrowser()
const MOVED = 'QJ-YX-02-02'
/** Plans reach two years ahead. */
const LATER = `${new Date().getFullYear() + 1}-06-01`

for (const javaScriptEnabled of [true, false]) {
  it(`a county moves a village after reading what will happen, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => visit({ width: 1280, as: { username: 'yunxi' }, javaScriptEnabled }, async (page) => {
    const target = javaScriptEnabled ? 'QJ-YX-01' : 'QJ-YX-02'
    await page.goto(`/desk/network/${MOVED}`)
    await page.getByRole('link', { name: '划转、合并、拆分、关闭' }).click()
    await page.getByLabel('划给谁').selectOption(target)
    await page.getByRole('button', { name: '先看看会怎样' }).click()
    await page.getByText(/年的数字按新的隶属算/).waitFor()
    await page.getByRole('button', { name: '确认划转' }).click()
    await page.waitForURL(`**/desk/network/${MOVED}`)
    expect((await sql()`select parent.code from units unit join units parent on parent.id = unit.parent_id where unit.code = ${MOVED}`)[0]!.code).toBe(target)
    await page.getByRole('link', { name: '历史' }).click()
    await page.getByText('划转', { exact: true }).first().waitFor()
  }))
}

for (const javaScriptEnabled of [true, false]) {
  it(`a split keeps whoever was chosen when it is refused, and has no address of its own, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => visit({ width: 360, as: { username: 'yunxi' }, javaScriptEnabled }, async (page) => {
    const address = '/desk/network/QJ-YX-01-03/act?act=split'
    await (javaScriptEnabled ? open(page, address) : page.goto(address))
    const chosen = page.locator('input[type=checkbox][name^="p."]').first()
    const name = await chosen.getAttribute('name')
    await chosen.check({ force: true })
    await page.getByLabel('新单位名称').fill('新柳村')
    await page.getByLabel('新单位编码').fill('QJ-YX-01-01')
    const look = () => page.getByRole('button', { name: '先看看会怎样' }).click()
    await look()
    await page.getByText('这个编码已经有单位在用').waitFor()
    expect(await page.locator(`[name="${name}"]`).isChecked()).toBe(true)
    expect(page.url()).not.toContain('newCode')
    await page.getByLabel('新单位编码').fill('QJ-YX-01-93')
    await page.getByLabel('从哪天起').fill(LATER)
    await look()
    await page.getByRole('heading', { name: '会怎样' }).waitFor()
    await page.getByRole('button', { name: '安排到那天办' }).click()
    await page.waitForURL('**/desk/network/QJ-YX-01-03')
    const [plan] = await sql()`delete from unit_plans where due_on = ${LATER} returning arguments`
    expect(plan!.arguments.person_ids).toEqual([Number(name!.slice(2))])
  }))
}

for (const javaScriptEnabled of [true, false]) {
  it(`a number of schools opens the list of them, narrowed down further, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => visit({ width: 1280, as: { username: 'yunxi' }, javaScriptEnabled }, async (page) => {
    const address = '/desk/network?unit=QJ-YX'
    await (javaScriptEnabled ? open(page, address) : page.goto(address))
    const counted = page.getByRole('link', { name: /^村社区级 · 学校和学习点：/ })
    const count = await counted.innerText()
    await counted.click()
    await page.getByText(`共 ${count} 个单位`).waitFor()
    await page.getByLabel('电脑少于（台）').fill('2')
    await page.getByRole('button', { name: '查看' }).click()
    await page.waitForURL(/computers=2/)
    const few = await page.getByText(/^共 \d+ 个单位$/).innerText()
    const [expected] = await sql()`select count(*)::integer as units from units unit join unit_kinds kind on kind.id = unit.kind_id and kind.nature = 'teaching'
      where unit.code like 'QJ-YX-%' and unit.level = 'village' and unit.computers < 2 and private.open_on(unit.opened_on, unit.closed_on, private.china_date(now()))`
    expect(few).toBe(`共 ${expected!.units as number} 个单位`)
    expect(await page.locator('a[download]').count()).toBe(2)
  }))
}

it('a block is pasted by area, and what does not add up is said', () => visit({ width: 1280, as: { username: 'qingxi' } }, async (page) => {
  await open(page, '/desk/populations?unit=QJ-YX-01&year=2022&by=area')
  await page.getByLabel('从表格粘贴').fill('人群\t全部\t城镇\t农村\n常住居民\t1000\t400\t500')
  await page.getByRole('button', { name: '填到格子里' }).click()
  await page.getByText(/400 \+ 500 = 900，全部写的是 1,000/).waitFor()
  await page.locator('[id="cell-c.QJ-YX-01.resident.rural"]').fill('600')
  await page.getByText('城镇和农村加起来不等于全部').waitFor({ state: 'detached' })
}))

for (const javaScriptEnabled of [true, false]) {
  it(`a unit is found by its initials and opens on the page one came from, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => visit({ width: 360, as: { username: 'city' }, javaScriptEnabled }, async (page) => {
    const address = '/desk/populations?unit=QJ&year=2025'
    await (javaScriptEnabled ? open(page, address) : page.goto(address))
    await page.getByLabel('找单位').fill('qxz')
    await page.getByRole('button', { name: '查找' }).click()
    await page.waitForURL('**/desk/network/find?**')
    await page.locator('main').locator('a[href="/desk/populations?unit=QJ-YX-01&year=2025"]').click()
    await page.getByRole('heading', { level: 1, name: /清溪/ }).waitFor()
  }))
}

it('a manager pastes a block, sees what changes, saves it, and the county approves', async () => {
  await visit({ width: 1280, as: { username: 'qingxi' } }, async (page) => {
    await open(page, '/desk/populations?unit=QJ-YX-01&year=2023')
    await page.getByLabel('从表格粘贴').fill('单位\t常住居民\t老年人\nQJ-YX-01-01\t1,500\t300\nQJ-YX-01-02\t两千\t400')
    await page.getByRole('button', { name: '填到格子里' }).click()
    await page.getByText('有 4 处改动').waitFor()
    await page.getByText('不是整数').first().waitFor()
    const cell = page.locator('[id="cell-c.QJ-YX-01-02.resident.all"]')
    expect(await cell.inputValue()).toBe('两千')
    await cell.fill('2000')
    await page.getByLabel('来源').fill('统计局年报')
    await page.getByLabel('截至日期').fill('2023-12-31')
    await page.getByRole('button', { name: '保存 4 处改动' }).click()
    await page.getByText('已保存 4 个数').waitFor()
  })
  await visit({ width: 1280, as: { username: 'yunxi' } }, async (page) => {
    await open(page, '/desk/populations/approval?unit=QJ-YX-01')
    for (const box of await page.getByRole('checkbox', { name: /2023$/ }).all()) await box.check()
    await page.getByRole('button', { name: '批准所选' }).click()
    await page.getByText('已批准 4 个数').waitFor()
  })
  expect(await sql()`select status from populations join units on units.id = unit_id where year = 2023 and code like 'QJ-YX-01-%' group by status`).toEqual([{ status: 'approved' }])
})

it('the security administrator gives a post and an account, and the newcomer changes the password', async () => {
  const [someone] = await sql()`select person.id::integer, person.name from persons person join units home on home.id = residence_unit_id
    where home.code like 'QJ-YX-02-%' and birth_year between 1970 and 1990 and merged_into is null and not exists (select from identity.accounts where person_id = person.id)
      and not exists (select from posts where person_id = person.id) order by person.id limit 1`
  let password = ''
  await visit({ width: 1280, as: { username: 'security' } }, async (page) => {
    await open(page, '/desk/posts/find')
    await page.getByLabel('姓名').fill(someone!.name as string)
    await page.getByRole('button', { name: '查找' }).click()
    await page.locator(`a[href="/desk/posts/${someone!.id}"]`).click()
    await page.getByLabel('岗位', { exact: true }).selectOption('tutor')
    await page.getByLabel('单位', { exact: true }).selectOption('QJ-YX-02-S')
    await page.getByRole('button', { name: '安排', exact: true }).click()
    await page.getByRole('button', { name: /结束岗位：辅导员/ }).waitFor()
    await page.getByLabel('用户名').fill('new.helper')
    await page.getByRole('button', { name: '开通账号' }).click()
    password = await page.locator('code').innerText()
  })
  await visit({ width: 1280 }, async (page) => {
    await open(page, '/sign-in/staff')
    await page.getByLabel('用户名').fill('new.helper')
    await page.getByLabel('密码').fill(password)
    await page.locator('form[action="/api/identity/staff-session"]').getByRole('button').click()
    await page.getByText('您用的是首次密码').waitFor()
    await page.getByLabel('现在的密码').fill(password)
    await page.getByLabel('新密码', { exact: true }).fill('Better-2026-y')
    await page.getByLabel('再写一遍新密码').fill('Better-2026-y')
    await page.locator('main').getByRole('button', { name: '改密码' }).click()
    await page.getByRole('heading', { level: 1, name: '工作台首页' }).waitFor()
  })
})
