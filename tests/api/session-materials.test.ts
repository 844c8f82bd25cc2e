// What a session leaves behind: texts that begin with its facts, photos without the place they were taken at, accepted above.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { asManager, planActivity, type Planned } from '../fixtures/planned-activities.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Material { id: number, kind: string, status: string, body: string | null, fileKind: string | null, returnedReason: string | null }
interface Answer { session: { kinds: Record<string, string>, materials: Material[], mayDecide: boolean }, drafts: Record<string, string> }
let sql: postgres.Sql
let manager: string
let county: string
let elsewhere: string
let held: Planned
const photo = readFileSync(new URL('../../docs/images/portal.jpg', import.meta.url))

beforeAll(async () => {
  sql = portalSql()
  manager = await signedIn(sql, { username: 'qingxi' })
  county = await signedIn(sql, { username: 'yunxi' })
  elsewhere = await signedIn(sql, { username: 'manager.yx.02' })
  held = await planActivity(sql, { signUp: 'none', inHours: [2] })
  await sql`update activity_sessions set starts_at = now() - interval '50 hours', ends_at = now() - interval '49 hours' where id = ${held.sessions[0]!}`
})
afterAll(() => sql.end())

const here = () => `/api/desk/activities/sessions/${held.sessions[0]!}/materials`
const read = async (cookie = manager) => (await ask<Answer>(here(), { cookie })).body
const post = <T = { code: string, material: number }>(path: string, body: object, cookie = manager) => ask<T>(path, { method: 'POST', body, cookie })
async function upload(fields: Record<string, string>, file: Uint8Array<ArrayBuffer> | null, headers: Record<string, string> = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file) form.append('file', new File([file], 'photo.jpg'))
  const response = await fetch(`${inject('portalUrl')}${here()}/files`, { method: 'POST', body: form, headers: { cookie: manager, ...headers }, redirect: 'manual' })
  return { status: response.status, body: await response.json().catch(() => null) as { code: string, material: number, details: { fields: Record<string, string> } }, location: response.headers.get('location') }
}
const bytes = (buffer: Buffer) => Uint8Array.from(buffer)

it('a text begins with the facts of the session and names nobody; a written one goes up, comes back with a reason, and is accepted', async () => {
  const person = (await sql`select person.id::integer as id, person.name from persons person join units home on home.id = person.residence_unit_id join units township on township.id = home.parent_id
    where township.code = 'QJ-YX-01' and person.counts_as is null and person.birth_year < 1990 order by person.id desc limit 1`)[0]!
  await asManager(sql, transaction => transaction`select * from public.mark_attendance(${held.sessions[0]!}, ${transaction.json([{ clientId: crypto.randomUUID(), personId: person.id, method: 'roster' }])})`)
  await asManager(sql, transaction => transaction`select * from public.confirm_session(${held.sessions[0]!})`)
  const { drafts, session } = await read()
  expect(drafts.press_note).toContain(held.title)
  expect(drafts.press_note).toContain('镇文化站')
  expect(drafts.press_note).toContain('共有 1 位居民参加')
  expect(drafts.press_note).not.toContain(person.name)
  expect(session.kinds).toMatchObject({ sign_in_list: 'accepted', press_note: 'missing', photo: 'missing' })

  expect((await post(here(), { kind: 'press_note', body: ' ' })).body.code).toBe('material_empty')
  expect((await post(here(), { kind: 'press_note', body: '写'.repeat(4001) })).body.code).toBe('material_long')
  expect((await post(here(), { kind: 'press_note', body: drafts.press_note! }, elsewhere)).status).toBe(404)
  const { body: { material } } = await post(here(), { kind: 'press_note', body: drafts.press_note! })
  const decide = (body: object, cookie: string) => post(`/api/desk/activities/materials/${material}/decision`, body, cookie)
  expect((await decide({ decision: 'accept' }, county)).body.code).toBe('material_not_submitted')
  expect((await post(`${here()}/submission`, {})).status).toBe(200)
  expect((await decide({ decision: 'accept' }, manager)).status).toBe(403)
  expect((await decide({ decision: 'return' }, county)).body.code).toBe('activity_reason_missing')
  expect((await decide({ decision: 'return', reason: '写上时间' }, county)).status).toBe(200)
  expect((await read()).session.materials[0]).toMatchObject({ status: 'returned', returnedReason: '写上时间' })
  expect((await post(here(), { kind: 'press_note', body: `${drafts.press_note!} 上午九点` })).body.material).toBe(material)
  await post(`${here()}/submission`, {})
  expect((await decide({ decision: 'accept' }, county)).status).toBe(200)
  expect((await post(here(), { kind: 'press_note', body: '再改' })).body.code).toBe('material_accepted')
  const text = await ask<string>(`/api/desk/activities/materials/${material}/text.txt`, { cookie: manager })
  expect(text.body).toContain('上午九点')
  expect((await ask(`/api/desk/activities/materials/${material}/text.txt`, { cookie: elsewhere })).status).toBe(404)
})

it('a photo comes with consent, loses where it was taken, is seen by those who plan there, and is gone when it is withdrawn', async () => {
  expect(await upload({ kind: 'photo' }, bytes(photo))).toMatchObject({ status: 422, body: { details: { fields: { people: 'photo_consent_missing', minors: 'photo_guardians_missing' } } } })
  expect((await upload({ kind: 'photo', people: 'agreed', minors: 'none' }, null)).body.code).toBe('material_file_missing')
  expect((await upload({ kind: 'photo', people: 'agreed', minors: 'none' }, bytes(Buffer.from('<svg xmlns='))).then(answer => answer.body.code))).toBe('material_kind')
  expect((await upload({ kind: 'photo', people: 'agreed', minors: 'none' }, new Uint8Array(6 * 1024 * 1024))).body.code).toBe('material_too_large')
  const place = Buffer.concat([photo.subarray(0, 2), Buffer.from([0xFF, 0xE1, 0, 12]), Buffer.from('Exif\0\0GPS!'), photo.subarray(2)])
  const { status, body: { material } } = await upload({ kind: 'photo', people: 'agreed', minors: 'guardians', caption: '大家在学' }, bytes(place))
  expect(status).toBe(200)
  const shown = await fetch(`${inject('portalUrl')}/api/desk/activities/materials/${material}/file`, { headers: { cookie: manager } })
  expect(shown.headers.get('content-type')).toBe('image/jpeg')
  expect(shown.headers.get('content-security-policy')).toContain('sandbox')
  const picture = Buffer.from(await shown.arrayBuffer())
  expect(picture.includes('GPS!')).toBe(false)
  expect(picture.length).toBeGreaterThan(photo.length * 0.9)
  // Nothing lies open in the database.
  expect((await sql`select cipher from private.material_files where material_id = ${material}`)[0]!.cipher.includes(photo.subarray(2, 60))).toBe(false)
  expect((await ask(`/api/desk/activities/materials/${material}/file`, { cookie: elsewhere })).status).toBe(404)
  // A plain form is sent on.
  expect(await upload({ kind: 'photo', people: 'nobody', minors: 'none' }, bytes(photo), { accept: 'text/html' })).toMatchObject({ status: 303, location: `/desk/activities/sessions/${held.sessions[0]!}/materials?done=saved` })
  expect((await post(`/api/desk/activities/materials/${material}/withdrawal`, { reason: '' })).body.code).toBe('activity_reason_missing')
  expect((await post(`/api/desk/activities/materials/${material}/withdrawal`, { reason: '有人不再同意' })).status).toBe(200)
  expect((await ask(`/api/desk/activities/materials/${material}/file`, { cookie: manager })).status).toBe(404)
})

it('the list says of each session of a term what is missing, and counts', async () => {
  const list = (query: string, cookie = manager) => ask<{ all: number, complete: number, missingOf: Record<string, number>, sessions: { id: number, missing: number, kinds: Record<string, string> }[] }>(`/api/desk/activities/materials?${query}`, { cookie })
  const { body } = await list('unit=QJ-YX-01&only=missing')
  expect(body.sessions.find(({ id }) => id === held.sessions[0])).toMatchObject({ kinds: { study_plan: 'missing', press_note: 'accepted' } })
  expect(body.missingOf.study_plan).toBeGreaterThan(0)
  expect(body.all).toBeGreaterThanOrEqual(body.complete)
  expect((await list('unit=QJ-YX-01&from=2020-01-01&to=2020-02-01')).body).toMatchObject({ all: 0, sessions: [] })
  expect((await list('unit=QJ-YX-02')).status).toBe(403)
})
