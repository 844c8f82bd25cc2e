import { inject, afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { type Answer, ask, cookiesOf, portalSql, signedIn } from '../fixtures/portal.ts'

const VILLAGE = 'QJ-YX-01-02'
const cookies: Record<string, string> = {}
let sql: postgres.Sql
let today = ''
beforeAll(async () => {
  sql = portalSql()
  for (const username of ['city', 'yunxi', 'qingxi', 'system', 'security', 'audit']) cookies[username] = await signedIn(sql, { username })
  today = (await sql`select private.china_date(now())::text as today`)[0]!.today as string
})
afterAll(async () => {
  await sql`delete from identity.limits`
  await sql.end()
})

const as = <T = Record<string, unknown>>(who: string, path: string, body?: unknown) => ask<T>(path, { cookie: cookies[who], ...(body !== undefined && { method: 'POST', body }) })
/** A form as a browser without scripts sends it. */
const send = (who: string, path: string, fields: Record<string, string>, referer = path) => ask<string>(path, { cookie: cookies[who], method: 'POST', body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', 'referer': inject('portalUrl') + referer } })

describe('the network', () => {
  it('is listed by what is recorded, and as a file of all that the page counts', async () => {
    const { status, body } = await as<{ total: number, units: { name: string, computers: number | null, isTeaching: boolean }[] }>('yunxi', '/api/desk/network/units?unit=QJ-YX&computers=3&sort=computers')
    expect(status).toBe(200)
    expect(body.units.length).toBeGreaterThan(0)
    expect(body.units.every(({ computers, isTeaching }) => isTeaching && computers !== null && computers < 3)).toBe(true)
    const file = await as<string>('yunxi', '/api/desk/network/units/file?unit=QJ-YX&computers=3')
    expect(file.headers.get('content-disposition')).toMatch(/units-QJ-YX-.*\.csv/)
    expect(file.body.trim().split('\r\n')).toHaveLength(body.total + 1)
    // What makes no sense asks for nothing; the day is told.
    expect((await as<{ asked: object }>('yunxi', '/api/desk/network/units?unit=QJ-YX&level=moon&computers=-1&on=2020-13-01')).body.asked).toEqual({ sort: 'tree' })
  })

  it('is searched by name, pinyin, initials and code, within one\'s sight only', async () => {
    const found = async (who: string, words: string, target = 'network') => (await as<{ units: { name: string, code: string, above: string[] }[] }>(who, `/api/desk/network/find?for=${target}&words=${encodeURIComponent(words)}`)).body.units
    const [town] = await sql`select name from units where code = 'QJ-YX-01'`
    for (const words of [town!.name as string, 'qingxi', 'Qing Xi', 'qxz', 'qj-yx-01']) expect((await found('city', words)).map(({ code }) => code)).toContain('QJ-YX-01')
    const [first] = await found('city', town!.name as string)
    expect(first).toMatchObject({ code: 'QJ-YX-01', above: ['清江市', expect.any(String)] })
    expect((await found('qingxi', 'QJ-LJ'))).toEqual([])
    expect((await found('qingxi', '%'))).toEqual([])
    expect((await found('city', 'QJ-YX-01-S', 'populations'))).toEqual([])
    expect((await found('city', 'QJ-YX-01-S', 'metrics')).map(({ code }) => code)).toEqual(['QJ-YX-01-S'])
  })

  it('is added to, edited and shown as of a day', async () => {
    const made = await as('qingxi', '/api/desk/network/QJ-YX-01/children', { code: 'QJ-YX-01-90', name: '新桥教学点', kind: 'learning_point', area: 'rural', day: '2026-01-05' })
    expect(made).toMatchObject({ status: 200, body: { code: 'QJ-YX-01-90' } })
    expect(await as('qingxi', '/api/desk/network/QJ-YX-01/children', { code: 'QJ-YX-01-90', name: '新桥教学点', kind: 'learning_point', day: '2026-01-05' }))
      .toMatchObject({ status: 409, body: { code: 'unit_code_taken', details: { field: 'code' } } })
    const wrong = await as('qingxi', '/api/desk/network/QJ-YX-01-90/form', { mode: 'changed', day: 'soon', name: 'x', kind: 'learning_point', rooms: 'many' })
    expect(wrong).toMatchObject({ status: 422, body: { details: { fields: { day: 'unit_day_missing', name: 'unit_name_invalid', rooms: 'unit_number_invalid' } } } })
    expect((await as('qingxi', '/api/desk/network/QJ-YX-01-90/form', { mode: 'changed', day: '2026-02-01', name: '新桥学习中心', kind: 'learning_centre', area: 'urban', openedOn: '2026-01-05' })).status).toBe(200)
    // A school: another village would lack figures that other tests count on.
    interface Tree { units: { teaching: { code: string, name: string }[] }[] }
    const names = async (on: string) => (await as<Tree>('qingxi', `/api/desk/network?unit=QJ-YX-01&on=${on}`)).body.units[0]!.teaching.find(({ code }) => code === 'QJ-YX-01-90')?.name
    expect([await names('2026-01-04'), await names('2026-01-31'), await names('2026-02-01'), await names('')]).toEqual([undefined, '新桥教学点', '新桥学习中心', '新桥学习中心'])
  })

  it('gives a form back with what was typed when it is sent without scripts', async () => {
    const { status, headers } = await send('qingxi', '/api/desk/network/QJ-YX-01/children', { code: VILLAGE, name: '新桥村', kind: 'administration', level: 'village', day: today }, '/desk/network/QJ-YX-01/add')
    expect([status, headers.get('location')]).toEqual([303, '/desk/network/QJ-YX-01/add'])
    const page = await ask<string>('/desk/network/QJ-YX-01/add', { cookie: `${cookies.qingxi}; ${cookiesOf({ headers } as Answer)}` })
    expect(page.body).toContain('这个编码已经有单位在用')
    expect(page.body).toContain('value="新桥村"')
  })

  it('says what a move will do before it does it, and who may not', async () => {
    const preview = await as<{ effect: object, refused: object }>('yunxi', `/api/desk/network/${VILLAGE}/act?act=move&to=QJ-YX-02&day=${today}`)
    expect(preview.body.effect).toMatchObject({ villages: 1, to: expect.any(String), year: Number(today.slice(0, 4)), planned: false })
    expect((await as<{ refused: object }>('yunxi', `/api/desk/network/${VILLAGE}/act?act=close&day=${today}`)).body.refused).toMatchObject({ code: 'unit_not_empty', message: expect.stringContaining('登记居民') })
    expect((await as<{ refused: object }>('yunxi', `/api/desk/network/${VILLAGE}/act?act=move&to=&day=2026-13-01`)).body.refused).toMatchObject({ field: 'day' })
    expect((await as<string>('yunxi', `/desk/network/${VILLAGE}/act?act=move&to=QJ-YX-02&day=${today}`)).body).toMatch(/1 个村社区、.*名登记居民/)
    expect(await as('qingxi', `/api/desk/network/${VILLAGE}/act`, { act: 'move', to: 'QJ-YX-02', day: today })).toMatchObject({ status: 403, body: { code: 'unit_not_yours' } })
    expect(await as('yunxi', '/api/desk/network/QJ-YX-01/act', { act: 'move', to: VILLAGE, day: today })).toMatchObject({ status: 409, body: { code: 'unit_cycle', details: { field: 'parent' } } })
  })

  it('looks at a split of thousands without an address, and gives everything chosen back when it is refused', async () => {
    const path = `/desk/network/${VILLAGE}/act?act=split`
    const people = (await sql`select person.id::integer as id from public.persons person join public.units home on home.id = person.residence_unit_id where home.code = ${VILLAGE} and merged_into is null order by person.id limit 3`).map(({ id }) => id as number)
    const chosen = Object.fromEntries(people.map(id => [`p.${id}`, '1']))
    const page = await as<string>('yunxi', path)
    expect(page.body).toMatch(/<form[^>]*method="post"/)
    const refused = await send('yunxi', path, { act: 'split', newCode: 'QJ-YX-01-91', newName: '', day: today, ...chosen })
    expect(refused.status).toBe(200)
    for (const id of people) expect(refused.body, String(id)).toMatch(new RegExp(`<input(?=[^>]*name="p\\.${id}")(?=[^>]*checked)`))
    expect(refused.body).not.toContain('name="step"')
    const looked = await send('yunxi', path, { act: 'split', newCode: 'QJ-YX-01-91', newName: '新柳村', day: today, ...chosen })
    expect(looked.body).toContain('name="step"')
    expect(looked.body).toContain(`value="${people.join(',')}"`)
    // Refused at the last step, nothing is lost either.
    const late = await send('yunxi', path, { act: 'split', step: 'confirm', newCode: 'QJ-YX-01-01', newName: '新柳村', day: today, residents: people.join(',') })
    expect(late.body).toContain('这个编码已经有单位在用')
    for (const id of people) expect(late.body, String(id)).toMatch(new RegExp(`<input(?=[^>]*name="p\\.${id}")(?=[^>]*checked)`))
    // More than an address holds.
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`p.${8_000_000 + index}`, '1']))
    expect(await as('yunxi', `/api/desk/network/${VILLAGE}/act-preview`, { act: 'split', newCode: 'QJ-YX-01-91', newName: '新柳村', day: today, ...many })).toMatchObject({ status: 200, body: { effect: null, refused: { code: 'unit_split_unknown_part' } } })
    expect((await send('yunxi', path, { act: 'split', newCode: 'QJ-YX-01-91', newName: '新柳村', day: today, ...many })).status).toBe(200)
    const day = `${Number(today.slice(0, 4)) + 1}${today.slice(4, 8)}01`
    const planned = await send('yunxi', path, { act: 'split', step: 'confirm', newCode: 'QJ-YX-01-91', newName: '新柳村', day, residents: people.join(',') })
    expect([planned.status, planned.headers.get('location')]).toEqual([303, `/desk/network/${VILLAGE}`])
    const [plan] = await sql`delete from public.unit_plans where due_on = ${day} and arguments ->> 'new_code' = 'QJ-YX-01-91' returning arguments`
    expect(plan!.arguments.person_ids).toEqual(people)
  })

  it('takes a photo by its content, without the place it was taken at', async () => {
    const photo = async (bytes: Uint8Array<ArrayBuffer>, name: string) => {
      const form = new FormData()
      form.set('photo', new File([bytes], name))
      const response = await fetch(`${inject('portalUrl')}/api/desk/network/QJ-YX-01-S/photo`, { method: 'POST', headers: { cookie: cookies.qingxi! }, body: form })
      return { status: response.status, body: await response.json() as { code?: string, photo?: string } }
    }
    expect(await photo(new TextEncoder().encode('<svg/>'), 'plaque.jpg')).toMatchObject({ status: 422, body: { code: 'photo_invalid' } })
    expect(await photo(new Uint8Array(5 * 1024 * 1024 + 1), 'plaque.jpg')).toMatchObject({ status: 413, body: { code: 'photo_too_large' } })
    const png = Uint8Array.from(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'))
    const kept = await photo(png, 'plaque.gif')
    expect(kept).toMatchObject({ status: 200, body: { photo: expect.stringMatching(/^[0-9a-f]{64}\.png$/) } })
    expect((await ask(`/media/${kept.body.photo}`)).headers.get('content-type')).toBe('image/png')
    expect((await as<{ unit: { photo: string } }>('qingxi', '/api/desk/network/QJ-YX-01-S')).body.unit.photo).toBe(kept.body.photo)
  })
})

describe('populations', () => {
  const year = 2024
  const cell = `c.${VILLAGE}.resident.all`

  it('are handed in all or none, with the code of each wrong cell', async () => {
    const answer = await as('qingxi', '/api/desk/populations', { year, source: '', asOf: '2024-12-31', [cell]: 'many', [`c.${VILLAGE}.elderly.all`]: '120' })
    expect(answer).toMatchObject({ status: 422, body: { details: { fields: { [cell]: 'population_count_invalid' } } } })
    expect(await as('qingxi', '/api/desk/populations', { year, 'source': '统计局', 'asOf': '2024-12-31', 'c.QJ-YX-02-01.resident.all': '5' })).toMatchObject({ status: 403, body: { code: 'unit_not_yours' } })
    expect(await as('qingxi', '/api/desk/populations', { year, source: '统计局', asOf: '2024-12-31', [cell]: '1,234' })).toMatchObject({ status: 200, body: { entered: 1 } })
  })

  it('without scripts a pasted block goes into the page, wrong cells come back as typed, and right ones are saved', async () => {
    const page = `/desk/populations?unit=QJ-YX-01&year=${year}`
    const [village] = await sql`select name from units where code = ${VILLAGE}`
    const shown = await send('qingxi', page, { step: 'distribute', block: `单位\t老年人\n${village!.name}\t321\n没有的村\t5`, source: '民政局', asOf: '2024-12-31' })
    expect(shown.status).toBe(200)
    expect(shown.body).toContain('没有单位“没有的村”')
    expect(shown.body).toMatch(/value="321"/)
    const refused = await send('qingxi', page, { step: 'save', [`c.${VILLAGE}.elderly.all`]: '三百', source: '民政局', asOf: '2024-12-31' })
    expect([refused.status, refused.body.includes('value="三百"'), refused.body.includes('请填写整数')]).toEqual([200, true, true])
    const saved = await send('qingxi', page, { step: 'save', [cell]: '1234', [`c.${VILLAGE}.elderly.all`]: '321', source: '民政局', asOf: '2024-12-31' })
    expect([saved.status, saved.headers.get('location')]).toEqual([303, `${page}&saved=1`])
    // What was the same as before is not handed in again.
    expect(await sql`select group_id, count from population_versions version join units on units.id = unit_id where code = ${VILLAGE} and year = ${year} order by version.id`)
      .toEqual([{ group_id: 'resident', count: 1234 }, { group_id: 'elderly', count: 321 }])
  })

  it('are approved by a post above, and returned with a reason', async () => {
    const versions = await sql`select version.id::integer from population_versions version join units on units.id = unit_id where code = ${VILLAGE} and year = ${year} order by version.id`
    const [first, second] = versions.map(({ id }) => id as number)
    expect(await as('qingxi', '/api/desk/populations/approval', { ids: [first], decision: 'approve' })).toMatchObject({ status: 403, body: { code: 'population_own' } })
    expect(await as('yunxi', '/api/desk/populations/approval', { [`v.${second}`]: 'yes', decision: 'return', reason: '' })).toMatchObject({ status: 422, body: { code: 'population_reason_missing', details: { field: 'reason' } } })
    expect((await as('yunxi', '/api/desk/populations/approval', { [`v.${first}`]: 'yes', decision: 'approve' })).status).toBe(200)
    expect((await as('yunxi', '/api/desk/populations/approval', { ids: [second], decision: 'return', reason: '与民政台账不符' })).status).toBe(200)
    expect(await as('yunxi', '/api/desk/populations/approval', { ids: [first], decision: 'approve' })).toMatchObject({ status: 409, body: { code: 'population_decided' } })
    const grid = await as<{ cells: { unit: string, group: string, status: string, returned: string }[] }>('qingxi', `/api/desk/populations?unit=QJ-YX-01&year=${year}`)
    expect(grid.body.cells.filter(({ unit }) => unit === VILLAGE).map(({ group, status, returned }) => [group, status, returned])).toEqual([['elderly', null, '与民政台账不符'], ['resident', 'approved', null]])
  })

  it('leave as a file', async () => {
    const { headers, body } = await as<string>('qingxi', `/api/desk/populations/file?unit=QJ-YX-01&year=${year}`)
    expect(headers.get('content-disposition')).toContain(`populations-QJ-YX-01-${year}.csv`)
    expect(body).toContain('1234')
    const workbook = await as<string>('qingxi', `/api/desk/populations/file?unit=QJ-YX-01&year=${year}&format=xlsx`)
    expect([workbook.headers.get('content-type'), workbook.headers.get('content-disposition')]).toEqual([expect.stringContaining('spreadsheetml'), expect.stringContaining(`populations-QJ-YX-01-${year}.xlsx`)])
  })
})

describe('posts and accounts', () => {
  let person = 0
  let password = ''
  const signIn = (word: string) => ask<{ code: string }>('/api/identity/staff-session', { method: 'POST', body: { username: 'new.tutor', password: word } })

  it('a person is found, given a post and an account, and must change the first password', async () => {
    const [someone] = await sql`select person.id::integer, person.name from persons person join units home on home.id = residence_unit_id
      where home.code like 'QJ-YX-01-%' and birth_year between 1970 and 1990 and merged_into is null and not exists (select from identity.accounts where person_id = person.id)
      and not exists (select from posts where person_id = person.id) order by person.id limit 1`
    person = someone!.id as number
    const found = await as<{ people: { id: number }[] }>('security', `/api/desk/posts/candidates?name=${encodeURIComponent(someone!.name as string)}`)
    expect(found.body.people.map(({ id }) => id)).toContain(person)
    expect(await as('security', `/api/desk/posts/${person}/account`, { act: 'create', username: 'new.tutor' })).toMatchObject({ status: 422, body: { code: 'account_without_post' } })
    expect(await as('security', '/api/desk/posts', { person, unit: 'QJ-YX-01-S', role: '', from: 'x' })).toMatchObject({ status: 422, body: { details: { fields: { role: 'post_role_unknown', from: 'post_day_missing' } } } })
    expect((await as('security', '/api/desk/posts', { person, unit: 'QJ-YX-01-S', role: 'tutor', employment: 'part_time', from: today, to: '' })).status).toBe(200)
    const account = await as<{ password: string }>('security', `/api/desk/posts/${person}/account`, { act: 'create', username: 'new.tutor' })
    password = account.body.password
    expect(password).toMatch(/^[A-Z][a-z]{3}-\d{4}-[a-z]{4}$/)
    const cookie = cookiesOf(await signIn(password))
    expect(await ask('/api/desk/home', { cookie })).toMatchObject({ status: 403, body: { code: 'password_change_needed' } })
    expect((await ask('/desk/network', { cookie })).headers.get('location')).toBe('/desk/password')
    const change = (body: object) => ask<{ code: string, details: { fields?: object } }>('/api/desk/password', { method: 'POST', cookie, body })
    expect((await change({ current: password, password: 'short', again: 'short' })).body.code).toBe('password_too_short')
    expect((await change({ current: password, password: 'alllowercase', again: 'alllowercase' })).body.code).toBe('password_too_plain')
    expect((await change({ current: 'Wrong-2026-x', password: 'Better-2026-x', again: 'Better-2026-x' })).body.code).toBe('password_current_wrong')
    expect((await change({ current: password, password: 'Better-2026-x', again: 'Better-2026-x' })).status).toBe(200)
    expect((await ask('/api/desk/home', { cookie })).status).toBe(200)
    password = 'Better-2026-x'
  })

  it('five wrong passwords lock the name for a quarter of an hour; the right one is then refused too', async () => {
    for (let attempt = 0; attempt < 5; attempt++) expect((await signIn('Not-the-one-1')).body.code).toBe('password_wrong')
    expect(await signIn(password)).toMatchObject({ status: 429, body: { code: 'account_locked', details: { secondsLeft: expect.any(Number) } } })
    await sql`delete from identity.limits`
    expect((await signIn(password)).status).toBe(200)
  })

  it('nobody grants to themselves, two of the three administrators\' posts are refused, and a closed account is out at once', async () => {
    const [me] = await sql`select person_id::integer as id from identity.accounts where username = 'security'`
    expect(await as('security', '/api/desk/posts', { person: me!.id, unit: 'QJ', role: 'manager', from: today })).toMatchObject({ status: 403, body: { code: 'post_own' } })
    const [auditor] = await sql`select person_id::integer as id from identity.accounts where username = 'audit'`
    expect(await as('security', '/api/desk/posts', { person: auditor!.id, unit: 'QJ', role: 'system_admin', from: today })).toMatchObject({ status: 409, body: { code: 'post_duties_apart', details: { field: 'role' } } })
    const cookie = cookiesOf(await signIn(password))
    expect((await as('security', `/api/desk/posts/${person}/account`, { act: 'disable' })).status).toBe(200)
    expect((await ask('/api/desk/home', { cookie })).status).toBe(401)
  })

  it('a first password is shown by the page itself when there are no scripts', async () => {
    const { status, body } = await send('security', `/desk/posts/${person}`, { act: 'reset' })
    expect(status).toBe(200)
    expect(body).toMatch(/[A-Z][a-z]{3}-\d{4}-[a-z]{4}/)
  })
})

describe('the audit log', () => {
  it('tells who did what, by action and account, and writes down its own copies', async () => {
    const granted = await as<{ events: { action: string, username: string }[] }>('audit', '/api/desk/audit?action=post_granted&account=security')
    expect(granted.body.events).toMatchObject([{ action: 'post_granted', username: 'security' }])
    const file = await as<string>('audit', '/api/desk/audit/audit.csv?action=post_granted')
    expect(file.body).toContain('安排岗位')
    expect((await as<{ events: { action: string }[] }>('audit', '/api/desk/audit')).body.events[0]).toMatchObject({ action: 'audit_exported' })
    expect(await as('security', '/api/desk/audit')).toMatchObject({ status: 403 })
    expect((await as<string>('audit', '/desk/audit')).body).toContain('下载审计记录')
  })
})
