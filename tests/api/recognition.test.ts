import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Mine { keepDays: number, cases: { id: number, title: string, state: string, files: { isPdf: boolean, isDeleted: boolean }[], events: { what: string }[] }[] }
interface AtDesk { files: { id: string }[], mayPropose: boolean, mayDecide: boolean, doubles: object[], reviewers: object[] }
let sql: postgres.Sql
let mei: string
let other: string
let township: string
let county: string
let elsewhere: string

beforeAll(async () => {
  sql = portalSql()
  mei = await signedIn(sql, { phone: '13900000001' })
  other = await signedIn(sql, await takeLearner(sql))
  township = await signedIn(sql, { username: 'qingxi' })
  county = await signedIn(sql, { username: 'yunxi' })
  elsewhere = await signedIn(sql, { username: 'manager.yx.02' })
})
afterAll(() => sql.end())

const PLAIN = '%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\nstartxref\n9\n%%EOF\n'
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
let numbers = 0
interface Form { fields?: Record<string, string>, file?: Uint8Array | string | null, name?: string, plain?: boolean, path?: string }
async function handIn(cookie: string, { fields = {}, file = PLAIN.replace('startxref', `% ${numbers}\nstartxref`), name = '证书.pdf', plain = false, path = '' }: Form = {}) {
  const form = new FormData()
  for (const [key, value] of Object.entries(path ? fields : { body: '省开放大学', title: '养老护理员', number: `API-${++numbers}`, issuedOn: '2026-05-01', level: '中级', hours: '80', ...fields })) form.set(key, value)
  if (file !== null) form.set('file', new File([file as BlobPart], name))
  const response = await fetch(`${inject('portalUrl')}/api/credits/recognition${path}`, { method: 'POST', body: form, redirect: 'manual', headers: { cookie, ...(plain && { accept: 'text/html', referer: `${inject('portalUrl')}/credits/recognition` }) } })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text.startsWith('{') ? JSON.parse(text) : text) as { case: number, code: string, details: Record<string, unknown> } }
}
const mine = async (cookie: string) => (await ask<Mine>('/api/credits/recognition', { cookie })).body
const post = (path: string, body: object, cookie: string) => ask(path, { method: 'POST', body, cookie })
const desk = (id: number, path: string, body: object, cookie: string) => post(`/api/desk/credits/recognition/${id}${path}`, body, cookie)
const caseAt = async (id: number, cookie: string) => (await ask<AtDesk>(`/api/desk/credits/recognition/${id}`, { cookie })).body

describe('a certificate', () => {
  it.each([
    ['five megabytes and a byte', new Uint8Array(5 * 1024 * 1024 + 1), 413, 'certificate_too_large'], ['nothing', '', 422, 'certificate_missing'], ['no file at all', null, 422, 'certificate_missing'],
    ['a page that calls itself a PDF', '<html><script>alert(1)</script></html>', 422, 'certificate_kind'], ['a drawing with scripts', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 422, 'certificate_kind'],
    ['a PDF with a script', PLAIN.replace('/Catalog', '/Catalog /OpenAction <</S /JavaScript /JS (app.alert(1))>>'), 422, 'certificate_active'],
    ['a PDF with a password', PLAIN.replace('/Catalog', '/Catalog /Encrypt 2 0 R'), 422, 'certificate_locked'],
  ] as [string, Uint8Array | string | null, number, string][])('of %s is refused, beside the field', async (_what, file, status, code) => {
    const before = (await mine(mei)).cases.length
    expect(await handIn(mei, { file })).toMatchObject({ status, body: { code, details: { field: 'file' } } })
    expect((await mine(mei)).cases).toHaveLength(before)
  })

  it('of wrong words is refused field by field; without scripts what was typed comes back', async () => {
    expect(await handIn(mei, { fields: { body: ' ', title: '', issuedOn: '2026-13-01', hours: 'viele' } })).toMatchObject({
      status: 422, body: { details: { fields: { body: 'body_missing', title: 'certificate_title_missing', issuedOn: 'issued_on_invalid', hours: 'certificate_hours_invalid' } } },
    })
    const plain = await handIn(mei, { fields: { body: ' ' }, plain: true })
    expect(plain).toMatchObject({ status: 303 })
    const flash = JSON.parse(Buffer.from(/flash=([^;]+)/.exec(plain.headers.get('set-cookie')!)![1]!, 'base64url').toString()) as { code: string, typed: Record<string, string> }
    expect(flash).toMatchObject({ code: 'body_missing', typed: { title: '养老护理员' } })
    expect(await handIn('', {})).toMatchObject({ status: 401, body: { code: 'sign_in_needed' } })
  })

  it('is sealed in the database, followed by its owner alone, and opened by reviewers only with a reason', async () => {
    const { body: { case: id } } = await handIn(mei, { file: PIXEL, name: 'photo.pdf' })
    expect((await mine(mei)).cases.find(one => one.id === id)).toMatchObject({ state: 'open', files: [{ isPdf: false, isDeleted: false }], events: [{ what: 'submitted' }] })
    expect((await mine(other)).cases.some(one => one.id === id)).toBe(false)
    expect((await mine(township)).cases.some(one => one.id === id)).toBe(false)
    const [kept] = await sql`select cipher, kind from private.recognition_files where case_id = ${id}`
    expect(kept!.kind).toBe('image/png')
    expect((kept!.cipher as Buffer).includes(PIXEL.subarray(40, 60))).toBe(false)
    const { files } = await caseAt(id, township)
    const open = (body: object, cookie: string) => fetch(`${inject('portalUrl')}/api/desk/credits/recognition/${id}/file`, { method: 'POST', body: JSON.stringify(body), headers: { 'cookie': cookie, 'content-type': 'application/json' } })
    expect((await open({ file: files[0]!.id }, township)).status).toBe(422)
    expect((await open({ file: files[0]!.id, reason: 'review' }, elsewhere)).status).toBe(404)
    expect((await open({ file: files[0]!.id, reason: 'review' }, other)).status).toBe(403)
    expect((await open({ file: files[0]!.id, reason: 'review' }, mei)).status).toBe(403)
    const shown = await open({ file: files[0]!.id, reason: 'review' }, township)
    expect(Object.fromEntries(['content-type', 'cache-control', 'x-content-type-options'].map(name => [name, shown.headers.get(name)])))
      .toEqual({ 'content-type': 'image/png', 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' })
    expect(shown.headers.get('content-security-policy')).toContain('sandbox')
    expect(Buffer.from(await shown.arrayBuffer()).subarray(0, 8)).toEqual(PIXEL.subarray(0, 8))
    const [looks] = await sql`select count(*)::integer as count from audit_events where action = 'recognition_file_revealed' and subject_id = ${String(id)}`
    expect(looks!.count).toBe(1)
  })

  it('a stolen number of a case opens nothing', async () => {
    const { body: { case: id } } = await handIn(mei)
    expect(await post('/api/credits/recognition/withdrawals', { case: id }, other)).toMatchObject({ status: 404, body: { code: 'case_unknown' } })
    expect(await post('/api/credits/recognition/objections', { case: id, reason: '不服' }, other)).toMatchObject({ status: 404 })
    expect(await handIn(other, { path: '/answers', fields: { case: String(id), note: '我的' }, file: null })).toMatchObject({ status: 404, body: { code: 'case_unknown' } })
    for (const cookie of [other, mei]) expect((await ask(`/api/desk/credits/recognition/${id}`, { cookie })).status).toBe(403)
    expect((await ask(`/api/desk/credits/recognition/${id}`, { cookie: elsewhere })).status).toBe(404)
    expect((await post('/api/credits/recognition/withdrawals', { case: id }, mei)).status).toBe(200)
  })

  it('goes from asking and answering over two reviews to a decision, an objection and its end', async () => {
    const { body: { case: id } } = await handIn(mei)
    const word = (over: object = {}) => ({ decision: 'accept', credits: '3', category: 'vocational_skill', reason: '核对无误', ...over })
    expect((await desk(id, '/questions', { note: '请补背面' }, township)).status).toBe(200)
    expect(await handIn(mei, { path: '/answers', fields: { case: String(id), note: '补上了' } })).toMatchObject({ status: 200 })
    expect(await desk(id, '/reviews', word({ decision: 'accept', credits: '', category: '' }), township)).toMatchObject({ status: 422, body: { details: { fields: { credits: 'credits_invalid', category: 'category_unknown' } } } })
    expect((await desk(id, '/reviews', word(), township)).body).toMatchObject({ state: 'open' })
    expect(await desk(id, '/reviews', word(), township)).toMatchObject({ status: 409, body: { code: 'reviewed_already' } })
    expect(await caseAt(id, county)).toMatchObject({ mayPropose: true, reviewers: [] })
    expect((await desk(id, '/reviews', word(), county)).body).toMatchObject({ state: 'recognised' })
    expect((await post('/api/credits/recognition/objections', { case: id, reason: '应为高级' }, mei)).status).toBe(200)
    expect(await desk(id, '/decision', word(), county)).toMatchObject({ status: 403 })
    const region = await signedIn(sql, { username: 'city' })
    expect(await caseAt(id, region)).toMatchObject({ mayDecide: true })
    expect((await desk(id, '/decision', word({ credits: '5' }), region)).body).toMatchObject({ state: 'recognised' })
    expect((await mine(mei)).cases.find(one => one.id === id)).toMatchObject({ state: 'recognised', milliCredits: 5000, mayObject: false, events: ['submitted', 'asked', 'answered', 'recognised', 'objected', 'recognised'].map(what => ({ what })) })
    expect(await sql`select * from private.credit_faults_of_recognition()`).toEqual([])
  })

  it('that turns out false is taken back by two, and its owner reads why', async () => {
    const { body: { case: id } } = await handIn(mei, { fields: { title: '中式面点师' }, file: PLAIN.replace('startxref', '% another\nstartxref') })
    const word = { decision: 'accept', credits: '3', category: 'vocational_skill', reason: '核对无误' }
    for (const cookie of [township, county]) expect((await desk(id, '/reviews', word, cookie)).body).toMatchObject({ state: expect.stringMatching(/open|recognised/) })
    expect(await desk(id, '/doubts', { reason: ' ' }, township)).toMatchObject({ status: 422, body: { code: 'decision_reason_missing' } })
    expect(await caseAt(id, township)).toMatchObject({ mayDoubt: true, mayAnnul: false })
    expect((await desk(id, '/doubts', { reason: '发证单位说没有这个编号' }, township)).status).toBe(200)
    expect(await caseAt(id, township)).toMatchObject({ state: 'doubted', mayAnnul: false })
    expect(await desk(id, '/annulment', { decision: 'annul', reason: '查证属实' }, township)).toMatchObject({ status: 409, body: { code: 'second_person_needed' } })
    expect(await caseAt(id, county)).toMatchObject({ mayAnnul: true, doubts: [{ reason: '发证单位说没有这个编号' }] })
    expect(JSON.stringify(await mine(mei))).not.toContain('发证单位说没有这个编号')
    expect(await desk(id, '/annulment', { reason: '查证属实' }, county)).toMatchObject({ status: 422, body: { code: 'decision_missing' } })
    expect((await desk(id, '/annulment', { decision: 'annul', reason: '查证属实' }, county)).body).toMatchObject({ state: 'annulled' })
    expect((await mine(mei)).cases.find(one => one.id === id)).toMatchObject({ state: 'annulled', reason: '查证属实', mayObject: true, events: ['submitted', 'recognised', 'annulled'].map(what => ({ what })) })
    expect(await sql`select * from private.credit_faults_of_recognition()`).toEqual([])
  })
})
