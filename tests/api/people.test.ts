// The register through the API: who may be here already is shown first, a number is revealed for a reason, and nowhere else.
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
let cookie: string
let village: number
const PHONE = '16500001234'
const ID = '11010519491231002X'
beforeAll(async () => {
  sql = portalSql()
  cookie = await signedIn(sql, { username: 'qingxi' })
  village = (await sql`select id from units where code like 'QJ-YX-01-%' and level = 'village' and kind_id = 'administration' order by id limit 1`)[0]!.id
})
afterAll(() => sql.end())

type Body = { id: number, code: string, value?: string, next?: string, details: { field?: string, fields?: Record<string, string>, candidates?: { id: number, reason: string }[], warnings?: string[], by?: number } }
const post = (path: string, body: object = {}) => ask<Body>(`/api/desk${path}`, { method: 'POST', cookie, body })
const get = (path: string) => ask<Record<string, unknown>>(`/api/desk${path}`, { cookie })
const someone = (changes: object = {}) => ({ name: '单雄信', sex: 'female', birthYear: '1949', residenceUnitId: village, ...changes })
let first = 0

describe('registering', () => {
  it.each([
    [{ name: ' ' }, 'name_invalid', 'name'], [{ sex: '' }, 'sex_missing', 'sex'], [{ birthYear: '2190-01-01' }, 'birth_in_future', 'birthYear'], [{ birthYear: '1949-02-30' }, 'birth_year_invalid', 'birthYear'],
    [{ phone: '123' }, 'phone_invalid', 'phone'], [{ idNumber: '110105194912310021' }, 'id_number_check', 'idNumber'], [{ idNumber: '11010519491301002' }, 'id_number_length', 'idNumber'],
    [{ group: 'special_groups' }, 'source_missing', 'source'], [{ guardianId: 5 }, 'relation_missing', 'relation'],
  ])('%o is refused as %s', async (changes, code, field) => {
    for (const confirmed of ['', 'yes']) expect(await post('/people', someone({ ...changes, confirmed }))).toMatchObject({ status: 422, body: { code, details: { field } } })
  })

  it('says what an ID number says otherwise, and who may be here already, before it registers', async () => {
    const warned = await post('/people', someone({ sex: 'male', birthYear: '1950-01-01', idNumber: ID }))
    expect(warned).toMatchObject({ status: 409, body: { code: 'probable_duplicates', details: { warnings: ['id_number_other_sex', 'id_number_other_year'] } } })
    const made = await post('/people', someone({ phone: PHONE, idNumber: ID }))
    expect(made.status).toBe(201)
    first = made.body.id
    expect((await sql`select pinyin, initials from persons where id = ${first}`)[0]).toEqual({ pinyin: 'shan xiong xin', initials: 'sxx' })
    const again = await post('/people', someone({ phone: PHONE }))
    expect(again).toMatchObject({ status: 409, body: { code: 'probable_duplicates', details: { candidates: [{ id: first, reason: 'same_phone_and_name' }] } } })
    expect(await post('/people', someone({ name: '别人', idNumber: ID, confirmed: 'yes' }))).toMatchObject({ status: 409, body: { code: 'id_number_taken', details: { field: 'idNumber' } } })
  })
})

describe('the list of residents', () => {
  interface List { total: number | null, next: number | null, groups: { id: string }[], below: { code: string }[], people: { id: number, name: string, phone: string | null, home: { code: string }, hasCard: boolean }[] }
  const list = async (query = '') => (await ask<{ unit: { code: string }, list: List }>(`/api/desk/people?unit=QJ-YX-01${query}`, { cookie })).body

  it('goes through a unit a page at a time, with masked numbers, and through one below', async () => {
    const first = (await list()).list
    expect(first.people).toHaveLength(50)
    expect(first.people.every(({ phone }) => phone === null || phone.includes('****'))).toBe(true)
    const second = (await list(`&after=${first.next}`)).list
    expect(second.people.map(({ id }) => id).filter(id => first.people.some(one => one.id === id))).toEqual([])
    const one = await list(`&below=${first.below[0]!.code}`)
    expect(one.unit.code).toBe(first.below[0]!.code)
    expect(new Set(one.list.people.map(({ home }) => home.code))).toEqual(new Set([first.below[0]!.code]))
    expect(one.list.total).toBeLessThan(first.total!)
  })

  it('is taken as a file, of which the audit log keeps what was asked and how many it holds', async () => {
    const { list: { total } } = await list('&lacks=phone')
    const { status, body } = await ask<string>('/api/desk/people/file?unit=QJ-YX-01&lacks=phone&format=csv', { cookie })
    expect(status).toBe(200)
    expect(body.trim().split('\n')).toHaveLength(total! + 1)
    expect((await sql`select details from public.audit_events where action = 'residents_exported' order by id desc limit 1`)[0]!.details).toEqual({ lacks: 'phone', people: total })
  })

  it.each([['&lacks=hope', 422, 'resident_lack_unknown'], ['&group=hope', 404, 'group_unknown']])('%s is refused', async (query, status, code) => {
    for (const path of ['people?unit=QJ-YX-01', 'people/file?unit=QJ-YX-01']) expect(await ask(`/api/desk/${path}${query}`, { cookie })).toMatchObject({ status, body: { code } })
  })
})

describe('comparing with somebody else', () => {
  const form = (fields: Record<string, string>) => ask<string>('/api/desk/people/compare', {
    method: 'POST', cookie, body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', 'referer': `http://localhost/desk/people/${fields.one}` },
  })

  it('goes to an address with two numbers of persons, and never with what was typed to find the other', async () => {
    const typed = { form: 'compare', one: String(first), otherSearch: '165 0000 1234' }
    const sent = await form({ ...typed, other: String(first + 1) })
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `/desk/people/compare?one=${first}&other=${first + 1}`])
    // Nobody chosen: back to the page, which says so and still has the search.
    const back = await form(typed)
    expect([back.status, back.headers.get('location')]).toEqual([303, `/desk/people/${first}`])
    const page = await ask<string>(`/desk/people/${first}`, { cookie: `${cookie}; ${back.headers.getSetCookie()[0]!.split(';')[0]}` })
    expect(page.body).toContain('请先找到另一个人并选中，再并排比较。')
    expect(page.body).toContain('value="165 0000 1234"')
    expect(await post('/people/compare', { one: first })).toMatchObject({ status: 422, body: { code: 'compare_other_missing', details: { field: 'other' } } })
  })
})

describe('a number', () => {
  it('is found by the whole of it without standing in an address', async () => {
    const { body } = await post('/people/search', { unit: 'QJ-YX-01', name: '165 0000-1234' })
    expect(body.next).toContain(encodeURIComponent(`phone:${lookupOf(PHONE)}`))
    const found = await get(`/people?${body.next!.split('?')[1]}`)
    expect(found.body).toMatchObject({ total: 1, isNumber: true, people: [{ id: first, phone: '165****1234' }] })
    expect((await get('/people?unit=QJ-YX-01&name=1234')).body.people).toContainEqual(expect.objectContaining({ id: first }))
  })

  it('is refused without a reason, and revealed with one that is logged', async () => {
    for (const body of [{ kind: 'phone' }, { kind: 'phone', reason: '' }, { kind: 'phone', reason: 'because' }]) expect(await post(`/people/${first}/reveal`, body)).toMatchObject({ status: 422, body: { code: 'reason_missing' } })
    expect(await post(`/people/${first}/reveal`, { kind: 'phone', reason: 'other', note: 'x' })).toMatchObject({ status: 422, body: { code: 'note_missing' } })
    expect((await post(`/people/${first}/reveal`, { kind: 'phone', reason: 'call' })).body.value).toBe(PHONE)
    expect((await post(`/people/${first}/reveal`, { kind: 'id_number', reason: 'check_identity' })).body.value).toBe(ID)
    const events = await sql`select details from audit_events where action = 'contact_revealed' and subject_id = ${String(first)} order by id`
    expect(events.map(({ details }) => details)).toEqual([{ kind: 'phone', reason: 'call' }, { kind: 'id_number', reason: 'check_identity' }])
  })

  it('stands in no other answer and nowhere in the database', async () => {
    for (const path of [`/people/${first}`, '/people?unit=QJ-YX-01&name=1234', `/people/compare?one=${first}&other=${first}`, `/metrics/people/${first}`, '/people/cards?unit=QJ-YX-01', '/people/duplicates?unit=QJ-YX-01']) {
      const answer = await get(path)
      expect(answer.status, path).toBe(200)
      for (const secret of [PHONE, ID]) expect(JSON.stringify(answer.body), path).not.toContain(secret)
    }
    const tables = await sql`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'private', 'identity')`
    for (const { name } of tables) {
      const [row] = await sql.unsafe(`select count(*)::integer as hits from ${name} one where to_jsonb(one)::text ~ '${PHONE}|${ID}|13900000001'`)
      expect(row!.hits, name).toBe(0)
    }
  })
})

describe('merging and correcting', () => {
  it('two are merged, and each gets its own back', async () => {
    const other = (await post('/people', someone({ name: '单兄信', confirmed: 'yes' }))).body.id
    expect(await post('/people/merges', { keptId: first, mergedId: first, reason: '同一人' })).toMatchObject({ status: 422, body: { code: 'merge_with_itself' } })
    const merged = await post('/people/merges', { keptId: first, mergedId: other, reason: '同一个人' })
    expect(merged).toMatchObject({ status: 200, body: { keptId: first } })
    expect((await get(`/people/${other}`)).body).toMatchObject({ person: { id: first } })
    expect(await post(`/people/merges/${merged.body.id}/undo`)).toMatchObject({ status: 200 })
    expect((await get(`/people/${other}`)).body).toMatchObject({ person: { id: other } })
    expect(await post(`/people/merges/${merged.body.id}/undo`)).toMatchObject({ status: 409, body: { code: 'merge_undone' } })
  })

  it('a record that was corrected names the one that corrects it', async () => {
    const [fact] = await sql`select fact.id::integer, fact.person_id::integer as person from participations fact join units home on home.id = fact.residence_unit_id
      where home.code like 'QJ-YX-01-%' and fact.kind <> 'self_study' and fact.status = 'attended' and fact.corrects is null
        and not exists (select from participations later where later.corrects = fact.id) order by fact.id desc limit 1`
    const correct = (changes: object) => post(`/participations/${fact!.id}/corrections`, { personId: fact!.person, reason: '签到表抄错', ...changes })
    expect(await correct({ what: 'wrong_hours', hours: '99' })).toMatchObject({ status: 422, body: { code: 'hours_invalid', details: { field: 'hours' } } })
    expect(await correct({ what: 'wrong_hours', hours: '1', reason: '' })).toMatchObject({ status: 422, body: { code: 'correction_reason_missing' } })
    const done = await correct({ what: 'wrong_hours', hours: '1.5' })
    expect(done.status).toBe(200)
    expect(await correct({ what: 'not_attended' })).toMatchObject({ status: 409, body: { code: 'already_corrected', details: { by: done.body.id } } })
  })
})

describe('cards', () => {
  it('a code holds the number only, and opens nothing about anybody', async () => {
    await post(`/people/${first}/card`)
    const { body } = await ask<{ cards: { number: string, name: string, code: string }[] }>(`/api/desk/people/cards?unit=QJ-YX-01&person=${first}`, { cookie })
    expect(body.cards).toHaveLength(1)
    expect(body.cards[0]!.code).toMatch(/^data:image\/svg\+xml;base64,/)
    const page = await ask<string>(`/c/${body.cards[0]!.number.replace('-', '')}`)
    expect(page.status).toBe(200)
    expect(page.body).not.toContain('单雄信')
  })
})
