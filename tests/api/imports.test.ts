import { existsSync, readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import type postgres from 'postgres'
import { writeXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'
import { workbookOf } from '../fixtures/workbook.ts'

const TOWN = 'QJ-YX-01'
let sql: postgres.Sql
const cookies: Record<string, string> = {}
let people: { name: string, birth: number, home: string }[] = []

beforeAll(async () => {
  sql = portalSql()
  for (const username of ['qingxi', 'teacher', 'inspector', 'manager.yx.02', 'city']) cookies[username] = await signedIn(sql, { username })
  people = await sql`select min(person.name) as name, person.birth_year as birth, home.code as home from public.persons person join public.units home on home.id = person.residence_unit_id
    where home.code like ${`${TOWN}-%`} and home.closed_on is null and person.birth_year < 1990 group by person.name, person.birth_year, home.code having count(*) = 1 order by 1, 2, 3 limit 40` as never
})
afterAll(() => sql.end())

interface Answer { status: number, body: { id: number, code?: string, message?: string, details?: Record<string, unknown> } }

async function upload(content: string | Uint8Array, { as = 'qingxi', kind = 'participation', unit = TOWN, name = '名单.csv' } = {}): Promise<Answer> {
  const form = new FormData()
  form.set('kind', kind)
  form.set('unit', unit)
  form.set('file', new Blob([content as never]), name)
  const response = await fetch(`${inject('portalUrl')}/api/desk/imports`, { method: 'POST', body: form, headers: { cookie: cookies[as]! } })
  return { status: response.status, body: await response.json() as Answer['body'] }
}

interface Page {
  state: string
  isRunning: boolean
  wayOn: { place: string, years: number[] } | null
  counts: Record<string, number>
  result: { written: number, persons: number, back?: { cancelled: number, removed: number, kept: number } } | null
  refused: { line: number, heading: string, value: string, code: string, reason: string }[]
  warned: { line: number, heading: string, value: string, code: string, reason: string }[]
  mapping: { columns: Record<string, number>, isRemembered: boolean } | null
  sameFile: { id: number } | null
  problem: { code: string } | null
}
const look = async (id: number, as = 'qingxi') => (await ask<Page>(`/api/desk/imports/${id}`, { cookie: cookies[as] })).body
const post = (id: number, what: string, body: Record<string, unknown> = {}, as = 'qingxi') => ask(`/api/desk/imports/${id}/${what}`, { method: 'POST', body, cookie: cookies[as] })
async function settled(id: number): Promise<Page> {
  await expect.poll(async () => (await look(id)).isRunning, { timeout: 15_000, interval: 150 }).toBe(false)
  return look(id)
}
async function choose(id: number, more: Record<string, string> = {}): Promise<Page> {
  const { mapping } = await look(id)
  const answer = await post(id, 'columns', { ...Object.fromEntries(Object.entries(mapping!.columns).map(([field, column]) => [`column.${field}`, String(column)])), ...more })
  expect(answer.status).toBe(200)
  return settled(id)
}
const list = (day: string, rows: string[] = []) => ['姓名,出生年份,居住地,日期,时间,学时,类别', ...people.map(({ name, birth, home }) => `${name},${birth},${home},${day},09:00-11:00,2,普法法治`), ...rows].join('\n')
const BEGIN = '--x\r\ncontent-disposition: form-data; name="kind"\r\n\r\nparticipation\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
const factsOf = async (id: number) => Number((await sql`select count(*) as n from public.participations where import_id = ${id}`)[0]!.n)

describe('an import from the file to the facts and back', () => {
  it('is checked, written, known the second time, and taken back', async () => {
    const file = list('2026-03-05', ['无此人,1950,QJ-YX-01-01,2026-03-05,09:00,2,普法法治', '=1+1,1950,QJ-YX-01-01,2026-13-05,09:00,两,普法法治'])
    const { body: { id } } = await upload(file)
    expect(await look(id)).toMatchObject({ state: 'mapping', mapping: { columns: { name: 0, birth: 1, residence: 2, date: 3, time: 4, hours: 5, category: 6 } } })
    const checked = await choose(id)
    expect(checked).toMatchObject({ state: 'checked', counts: { total: 42, good: 40, refused: 2 } })
    expect(checked.refused.map(({ line, heading, value, code }) => [line, heading, value, code])).toEqual([
      [42, '姓名', '无此人', 'import_person_unknown'], [43, '日期', '2026-13-05', 'import_date_unreadable'], [43, '姓名', '=1+1', 'import_name_invalid']])

    const csv = await ask<string>(`/api/desk/imports/${id}/refused?format=csv`, { cookie: cookies.qingxi })
    expect(csv.headers.get('content-disposition')).toContain('.csv')
    expect(csv.body).toContain('\'=1+1') // neutralised
    const xlsx = await fetch(`${inject('portalUrl')}/api/desk/imports/${id}/refused`, { headers: { cookie: cookies.qingxi! } })
    expect(Buffer.from(await xlsx.arrayBuffer()).subarray(0, 2).toString()).toBe('PK')

    expect((await post(id, 'application', { rows: 'all' })).body).toMatchObject({ code: 'import_has_refusals' })
    expect(await factsOf(id)).toBe(0)
    expect((await post(id, 'application', { rows: 'good' })).status).toBe(200)
    expect(await settled(id)).toMatchObject({ state: 'applied', result: { written: 40, persons: 0 } })
    expect(await factsOf(id)).toBe(40)

    const { body: { id: again } } = await upload(file)
    expect(await look(again)).toMatchObject({ sameFile: { id }, mapping: { isRemembered: true } })
    expect(await choose(again)).toMatchObject({ counts: { good: 0, known: 40 } })
    expect((await post(again, 'application', { rows: 'good' })).body).toMatchObject({ code: 'import_nothing_to_apply' })
    expect((await post(again, 'removal')).status).toBe(200)

    expect((await post(id, 'reversal')).status).toBe(200)
    expect(await settled(id)).toMatchObject({ state: 'taken_back', result: { back: { cancelled: 40, kept: 0 } } })
    expect((await post(id, 'reversal')).body).toMatchObject({ code: 'import_state' })
  })

  it('registers newcomers, sealed: no number in clear anywhere in the database', async () => {
    const { body: { id } } = await upload(`姓名,手机号,身份证号,居住地,日期,学时\n欧阳小新,13777770001,110105195306150024,${people[0]!.home},2026/3/6,2\n司马小新,13777770002,110105194912310021,${people[0]!.home},2026/3/6,2`)
    const checked = await choose(id, { registerPersons: 'yes' })
    expect(checked).toMatchObject({ counts: { good: 1, newcomers: 1, refused: 1 } })
    expect(checked.refused[0]).toMatchObject({ code: 'import_id_number_check', value: '110105194912310021' })
    await post(id, 'application', { rows: 'good' })
    expect(await settled(id)).toMatchObject({ state: 'applied', result: { written: 1, persons: 1 } })
    for (const table of ['public.imports', 'private.import_rows', 'private.import_refusals', 'private.import_effects', 'public.audit_events', 'private.person_contacts', 'public.persons', 'jobs.job']) {
      const [row] = await sql.unsafe(`select count(*) as n from ${table} line where line::text like '%13777770001%' or line::text like '%110105195306150024%' or line::text like '%110105194912310021%'`)
      expect([table, Number(row!.n)]).toEqual([table, 0])
    }
    const [row] = await sql`select contact.masked from public.persons person join private.person_contacts contact on contact.person_id = person.id and kind = 'phone' where name = '欧阳小新'`
    expect(row!.masked).toBe('137****0001')
  })

  it('tells of somebody known with another phone, on the page and in the file, beside what is refused; nothing is changed', async () => {
    const { name, birth, home } = people[0]!
    const { body: { id } } = await upload(`姓名,出生年份,居住地,手机号,家长手机号,监护关系,监护人同意\n${name},${birth},${home},13777779999,,,\n欧阳小宝,${new Date().getFullYear() - 5},${home},,,,`, { kind: 'persons' })
    const checked = await choose(id)
    expect(checked).toMatchObject({ state: 'checked', counts: { total: 2, good: 0, known: 1, refused: 1, warned: 1 } })
    expect(checked.refused.map(({ line, code }) => `${line} ${code}`)).toEqual(['3 child_needs_guardian'])
    expect(checked.warned.map(({ line, heading, value, code }) => [line, heading, value, code])).toEqual([[2, '手机号', '13777779999', 'import_phone_differs']])
    for (const { reason } of [...checked.warned, ...checked.refused]) expect(reason).toMatch(/登记/u)
    for (const [kind, told] of [['warned', [true, false]], ['refused', [false, true]]] as const) {
      const { body } = await ask<string>(`/api/desk/imports/${id}/refused?kind=${kind}&format=csv`, { cookie: cookies.qingxi })
      expect([body.includes('import_phone_differs'), body.includes('child_needs_guardian')]).toEqual(told)
    }
  })

  it('takes workbooks, with what is the same for every row said once', async () => {
    const { body: { id } } = await upload(workbookOf([['柳溪镇签到表'], ['姓名', '出生年份', '村'], ...people.slice(0, 3).map(({ name, birth, home }) => [name, String(birth), home])], { merges: ['A1:C1'] }), { name: '签到.xlsx' })
    const missing = await post(id, 'columns', { 'column.name': '0', 'column.birth': '1', 'column.residence': '2' })
    expect(missing).toMatchObject({ status: 422, body: { code: 'import_columns_missing', details: { fields: { 'column.date': 'import_columns_missing', 'column.hours': 'import_columns_missing' } } } })
    expect(await choose(id, { 'fixed.date': '2026年3月9日', 'fixed.hours': '1.5', 'fixed.programme': '反诈宣传' })).toMatchObject({ counts: { good: 3, refused: 0 } })
    await post(id, 'application', { rows: 'all' })
    await settled(id)
    expect((await sql`select distinct hours, programme, entry_source from public.participations where import_id = ${id}`)[0]).toMatchObject({ hours: '1.50', programme: '反诈宣传', entry_source: 'import' })
  })

  it('reads another sheet of a workbook, which begins anew', async () => {
    const row = ({ name, birth, home }: typeof people[number]) => [name, String(birth), home]
    const book = await writeXlsx({ sheets: [
      { name: '三月', rows: [['姓名', '出生年份', '村', '日期', '学时'], ...people.slice(0, 2).map(one => [...row(one), '2026-03-11', '1'])] },
      { name: '四月', rows: [['日期', '学时', '姓名', '出生年份', '村'], ...people.slice(0, 3).map(one => ['2026-04-11', '1', ...row(one)])] },
    ] })
    const { body: { id } } = await upload(book, { name: '两个月.xlsx' })
    const sheets = [{ name: '三月', isHidden: false }, { name: '四月', isHidden: false }]
    expect(await look(id)).toMatchObject({ mapping: { sheet: '三月', sheets, columns: { name: 0 } } })
    expect(await choose(id)).toMatchObject({ state: 'checked', counts: { good: 2 } })
    expect(await post(id, 'sheet', { sheet: '五月' })).toMatchObject({ status: 422, body: { code: 'sheet_unknown', details: { field: 'sheet' } } })
    expect((await post(id, 'sheet', { sheet: '四月' })).status).toBe(200)
    expect(await look(id)).toMatchObject({ state: 'mapping', mapping: { sheet: '四月', sheets, columns: { date: 0, name: 2 } } })
    expect(await choose(id)).toMatchObject({ state: 'checked', counts: { good: 3 } })
  })

  it('populations and units go the same way', async () => {
    const { body: population } = await upload(`单位,年份,人数,来源,截至日期\n${people[0]!.home},2026,"1,234",公安年报,2026-01-01`, { kind: 'populations' })
    expect(await choose(population.id)).toMatchObject({ counts: { good: 1 } })
    await post(population.id, 'application', { rows: 'all' })
    expect(await settled(population.id)).toMatchObject({ state: 'applied', wayOn: { place: 'QJ-YX-01', years: [2026] } })
    expect((await ask<string>(`/desk/imports/${population.id}`, { cookie: cookies.qingxi })).body).toContain('/desk/populations?unit=QJ-YX-01&amp;year=2026')
    const { body: unit } = await upload(`名称,上级单位,种类\n清溪临时学习点,${people[0]!.home},学习点`, { kind: 'units' })
    expect(await choose(unit.id)).toMatchObject({ counts: { good: 1 } })
    await post(unit.id, 'application', { rows: 'all' })
    expect(await settled(unit.id)).toMatchObject({ state: 'applied', wayOn: { place: 'QJ-YX-01', years: [] } })
    await post(unit.id, 'reversal')
    expect(await settled(unit.id)).toMatchObject({ state: 'taken_back', wayOn: null })
    await post(population.id, 'reversal')
    expect(await settled(population.id)).toMatchObject({ state: 'taken_back', result: { back: { removed: 1 } } })
  })
})

describe('a term of activities', () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const draftsOf = () => sql`select activity.id::integer, status, (select count(*)::integer from public.activity_sessions session where session.activity_id = activity.id) as sessions
    from public.activities activity where title = '课表里的合唱班' order by id`
  const rows = ['活动名称,日期,起止时间,形式,类别,讲师,名额,报名方式,地点,联系电话', ...[20, 27, 34].map(days => `课表里的合唱班,${day(days)},14:00-15:30,培训班,文化休闲,何老师,30,整期,镇文化站,0900-123456`)]

  it('comes from the file that people have, wrong rows come back, drafts are written once and taken back', async () => {
    const [category] = await sql`select zh from public.categories where id = 'culture_leisure'`
    const term = rows.map(line => line.replace('文化休闲', category!.zh as string))
    const wrong = [`昨天的课,${day(-1)},9:00-10:00,培训班,${category!.zh},,,,,`, `没有时间,${day(9)},,培训班,${category!.zh},,,,,`, `没名额,${day(9)},9:00-10:00,培训班,${category!.zh},,,每场,,`, `没形式,${day(9)},9:00-10:00,,${category!.zh},,,,,`]
    const { body: { id } } = await upload([...term, ...wrong].join('\n'), { kind: 'activities', unit: 'QJ-YX-01-S', name: '课表.csv' })
    const checked = await choose(id)
    expect(checked.counts).toMatchObject({ good: 3, refused: 4 })
    expect(checked.refused.map(({ line, code }) => `${line} ${code}`)).toEqual(['5 import_session_past', '6 import_session_time_missing', '7 capacity_invalid', '8 import_form_missing'])
    for (const { reason } of checked.refused) expect(reason).toMatch(/\p{Script=Han}/u)
    await post(id, 'application', { rows: 'good' })
    expect(await settled(id)).toMatchObject({ state: 'applied', result: { written: 3 } })
    expect(await draftsOf()).toMatchObject([{ status: 'draft', sessions: 3 }])
    const again = await upload([...term, ...wrong].join('\n'), { kind: 'activities', unit: 'QJ-YX-01-S' })
    expect(await choose(again.body.id)).toMatchObject({ counts: { good: 0, known: 3 }, sameFile: { id } })
    await post(again.body.id, 'removal')
    await post(id, 'reversal')
    expect(await settled(id)).toMatchObject({ state: 'taken_back', result: { back: { removed: 1 } } })
    expect(await draftsOf()).toEqual([])
  })

  it('comes as a workbook as well, for whom plans there alone', async () => {
    const cells = rows.map(line => line.replace('文化休闲', '健康').split(',').map(cell => cell.replace('课表里的合唱班', '课表里的健身班')))
    const [category] = await sql`select zh from public.categories where id = 'health'`
    const book = workbookOf(cells.map(row => row.map(cell => cell === '健康' ? category!.zh as string : cell)))
    const { body: { id } } = await upload(book, { as: 'teacher', kind: 'activities', unit: 'QJ-YX-01-S', name: '课表.xlsx' })
    expect((await look(id, 'teacher')).mapping!.columns).toMatchObject({ title: 0, seats: 6 })
    expect((await post(id, 'removal', {}, 'teacher')).status).toBe(200)
    expect((await upload(book, { as: 'inspector', kind: 'activities', unit: 'QJ-YX-01-S' })).status).toBe(403)
    expect((await upload(book, { as: 'manager.yx.02', kind: 'activities', unit: 'QJ-YX-01-S' })).status).toBe(403)
  })
})

describe('files that are not taken', () => {
  it.each([
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'file_old_excel'], ['nothing', '', 'file_empty'], ['headings alone', '姓名,日期\n', 'table_empty'],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'file_kind_unknown'], ['no encoding', Buffer.from('cafeffff0a', 'hex'), 'encoding_unknown'],
    ['merged headings', workbookOf([['姓名', '日期'], ['王', '2026-03-05']], { merges: ['A1:B1'] }), 'header_merged'],
  ])('%s: a code and words beside the field', async (_, content, code) => {
    const answer = await upload(content)
    expect(answer).toMatchObject({ status: 422, body: { code, details: { field: 'file' } } })
    expect(answer.body.message).toMatch(/\p{Script=Han}/u)
  })

  it('a plain form comes back with the reason', async () => {
    const form = new FormData()
    form.set('kind', 'participation')
    form.set('unit', TOWN)
    form.set('file', new Blob(['姓名\n']), '空.csv')
    const response = await fetch(`${inject('portalUrl')}/api/desk/imports`, { method: 'POST', body: form, redirect: 'manual', headers: { cookie: cookies.qingxi!, accept: 'text/html', referer: `${inject('portalUrl')}/desk/imports/new?kind=participation` } })
    expect([response.status, response.headers.get('location')]).toEqual([303, '/desk/imports/new?kind=participation'])
    const flash = /flash=([^;]+)/.exec(response.headers.getSetCookie().join())![1]!
    const page = await (await fetch(`${inject('portalUrl')}/desk/imports/new?kind=participation`, { headers: { cookie: `${cookies.qingxi}; flash=${flash}` } })).text()
    expect(page).toContain('表格里没有数据行')
  })

  it('200 MB: refused with the limit, nothing kept, no memory taken', async () => {
    const before = readdirSync(join(inject('portalDataDir'), 'imports')).length
    const send = (headers: Record<string, string | number>, megabytes: number) => new Promise<{ status: number, body: string }>((resolve, reject) => {
      const url = new URL(`${inject('portalUrl')}/api/desk/imports`)
      const call = httpRequest({ host: url.hostname, port: url.port, path: url.pathname, method: 'POST', headers: { 'cookie': cookies.qingxi!, 'content-type': 'multipart/form-data; boundary=x', ...headers } }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => { body += chunk.toString() }).on('end', () => resolve({ status: response.statusCode!, body }))
      })
      call.on('error', reject)
      call.write(BEGIN)
      let left = megabytes
      const more = () => {
        while (left-- > 0) if (!call.write(Buffer.alloc(1024 * 1024, 120))) return void call.once('drain', more)
        call.end('\r\n--x--\r\n')
      }
      more()
    })
    const said = await send({ 'content-length': 200 * 1024 * 1024 + BEGIN.length + 9 }, 200)
    expect(said).toMatchObject({ status: 413, body: expect.stringContaining('最多 20 MB') })
    // The same without a word about its length.
    expect(await send({ 'transfer-encoding': 'chunked' }, 60)).toMatchObject({ status: 413, body: expect.stringContaining('file_too_large') })
    expect(readdirSync(join(inject('portalDataDir'), 'imports')).length).toBe(before)
  })
})

describe('who may', () => {
  it('bring in what: the post decides, on its own units', async () => {
    expect((await upload(list('2026-03-05'), { as: 'teacher' })).body).toMatchObject({ code: 'post_lacks_sight' })
    expect((await upload(list('2026-03-05'), { as: 'qingxi', unit: 'QJ-LJ' })).body).toMatchObject({ code: 'unit_not_yours' })
    const { body: { id } } = await upload(list('2026-03-05'))
    expect((await ask(`/api/desk/imports/${id}`, { cookie: cookies['manager.yx.02'] })).status).toBe(404)
    expect((await ask(`/api/desk/imports/${id}`, { cookie: cookies.city })).status).toBe(200)
    expect((await post(id, 'removal', {}, 'manager.yx.02')).status).toBe(404)
    const [row] = await sql`select folder from public.imports where id = ${id}`
    expect(existsSync(join(inject('portalDataDir'), 'imports', row!.folder as string, 'source'))).toBe(true)
    await post(id, 'removal')
    expect(existsSync(join(inject('portalDataDir'), 'imports', row!.folder as string))).toBe(false)
  })

  it('the templates are read by their own reader', async () => {
    for (const kind of ['participation', 'persons', 'populations', 'units', 'activities']) {
      for (const format of ['xlsx', 'csv']) {
        const response = await fetch(`${inject('portalUrl')}/api/desk/imports/template?kind=${kind}&unit=${TOWN}&format=${format}`, { headers: { cookie: cookies.qingxi! } })
        expect(response.status).toBe(200)
        const { status, body } = await upload(new Uint8Array(await response.arrayBuffer()), { kind, name: `t.${format}` })
        expect([kind, format, status]).toEqual([kind, format, 200])
        const columns = (await look(body.id)).mapping!.columns
        expect(Object.values(columns)).toEqual(Object.values(columns).map((_, at) => at))
        await post(body.id, 'removal')
      }
    }
  })
})

it('an import whose job was lost goes on when somebody looks', async () => {
  const { body: { id } } = await upload(list('2026-03-11'))
  await choose(id)
  // As after a crash between the click and the queue.
  await sql`update public.imports set state = 'applying', good_only = false where id = ${id}`
  await sql`update private.import_progress set at = now() - interval '1 minute' where import_id = ${id}`
  expect(await settled(id)).toMatchObject({ state: 'applied', result: { written: 40 } })
})
