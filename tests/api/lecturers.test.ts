// The lecturers' team: listed with consent, asked for a village, held, and counted among the villages that were reached.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Desk { lecturers: { id: number, name: string, version: number, phone: string | null, keeps: boolean, away: { id: number, from: string, until: string }[] }[], bookings: { id: number, lecturer: string, status: string, isTeam: boolean, plan: { id: number } | null }[] }
let sql: postgres.Sql
let team: string
let asker: string
const name = `试验讲师${process.pid}`

beforeAll(async () => {
  sql = portalSql()
  team = await signedIn(sql, { username: 'qingxi' })
  asker = await signedIn(sql, { username: 'manager.yx.02' })
})
afterAll(() => sql.end())

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
const post = <T = { lecturer: number, booking: number, code: string, details: { fields: Record<string, string> } }>(path: string, body: object, cookie = team) => ask<T>(`/api/desk/lecturers${path}`, { method: 'POST', body, cookie })
const entry = (over: Record<string, string> = {}) => ({ 'unit': 'QJ-YX-01-S', name, 'title': '退休教师', 'topics': '家风家教', 'category.law': 'yes', 'phone': '0900-123456', 'listed': 'yes', ...over })
const desk = async (cookie: string, unit: string) => (await ask<Desk>(`/api/desk/lecturers?unit=${unit}`, { cookie })).body
const listed = async () => (await ask<{ lecturers: { name: string }[] }>(`/api/lecturers?category=law&words=${encodeURIComponent(name)}`)).body.lecturers

it('somebody is entered with consent and listed, and no more when it is taken back', async () => {
  expect((await post('', { ...entry({ title: '' }), 'category.law': '' })).body.details.fields).toEqual({ title: 'lecturer_title_missing', categories: 'lecturer_categories_missing' })
  expect((await post('', entry(), asker)).body.code).toBe('unit_not_yours')
  const { body: { lecturer } } = await post('', entry())
  expect(await listed()).toEqual([expect.objectContaining({ name, categories: [expect.any(String)] })])
  expect(JSON.stringify(await listed())).not.toContain('0900-123456')
  expect((await ask(`/lecturers?words=${encodeURIComponent(name)}`)).body).toContain(name)
  const known = (await desk(asker, 'QJ-YX-02')).lecturers.find(({ id }) => id === lecturer)!
  expect(known).toMatchObject({ phone: '0900-123456', keeps: false })
  expect((await post('', entry({ lecturer: String(lecturer), version: '9' }))).body.code).toBe('lecturer_changed')
  expect((await post('', entry({ lecturer: String(lecturer), version: '1', listed: '' }))).status).toBe(200)
  expect(await listed()).toEqual([])
})

it('a photo stands on the list with consent, without the place it was taken at, and is gone when it is taken down', async () => {
  const { body: { lecturer } } = await post('', entry({ name: `${name}照` }))
  const picture = readFileSync(new URL('../../docs/images/portal.jpg', import.meta.url))
  const send = (fields: Record<string, string>, cookie = team, file: Buffer = picture) => {
    const form = new FormData()
    for (const [field, value] of Object.entries(fields)) form.append(field, value)
    form.append('photo', new File([Buffer.concat([file.subarray(0, 2), Buffer.from([0xFF, 0xE1, 0, 12]), Buffer.from('Exif\0\0GPS!'), file.subarray(2)])], 'me.jpg'))
    return fetch(`${inject('portalUrl')}/api/desk/lecturers/${lecturer}/photo`, { method: 'POST', body: form, headers: { cookie } })
  }
  const photo = async () => (await ask<{ lecturers: { name: string, photo: string | null }[] }>(`/api/lecturers?words=${encodeURIComponent(`${name}照`)}`)).body.lecturers[0]?.photo
  const read = () => fetch(`${inject('portalUrl')}/api/lecturers/${lecturer}/photo`)
  expect((await send({})).status).toBe(422)
  expect((await send({ agreed: 'yes' }, asker)).status).toBe(403)
  expect((await send({ agreed: 'yes' }, team, Buffer.alloc(400 * 1024, 1))).status).toBe(413)
  expect((await send({ agreed: 'yes' }, team, Buffer.from('no photo at all'))).status).toBe(422)
  expect((await read()).status).toBe(404)
  expect(await photo()).toBeNull()
  expect((await send({ agreed: 'yes' })).status).toBe(200)
  const shown = await read()
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  const bytes = Buffer.from(await shown.arrayBuffer())
  expect([bytes.length > 1000, bytes.includes('GPS!')]).toEqual([true, false])
  expect(await photo()).toMatch(/^[0-9a-f]{12}$/)
  expect((await post(`/${lecturer}/photo`, { act: 'remove' })).status).toBe(200)
  expect((await read()).status).toBe(404)
})

it('a talk is asked for, agreed to, held and counted for its village', async () => {
  const { body: { lecturer } } = await post('', entry({ name: `${name}二` }))
  const [village] = await sql`select unit.code from units unit join units township on township.id = unit.parent_id where township.code = 'QJ-YX-02' and unit.kind_id = 'administration' and unit.closed_on is null order by unit.code limit 1`
  const request = (over: Record<string, string> = {}) => post(`/${lecturer}/bookings`, { unit: village!.code as string, date: day(5), start: '09:00', end: '10:30', topic: '家风', place: '村礼堂', ...over }, asker)
  expect((await request({ unit: 'QJ-YX-01-S' })).status).toBe(403)
  expect((await post('', entry({ 'name': `${name}二`, 'lecturer': String(lecturer), 'version': '1', 'time.mo_am': 'yes', 'time.xx_am': 'yes' }))).body.details.fields).toEqual({ times: 'times_unknown' })
  const allWeek = Object.fromEntries(['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'].map(one => [`time.${one}_am`, 'yes']))
  expect((await post('', entry({ ...allWeek, name: `${name}二`, lecturer: String(lecturer), version: '1' }))).status).toBe(200)
  expect((await request({ start: '14:00', end: '15:00' })).body).toMatchObject({ code: 'lecturer_not_free', messages: { outside: expect.any(String) } })
  const away = (body: object, cookie = team) => post(`/${lecturer}/away`, body, cookie)
  expect((await away({ from: day(7), until: day(6) })).body.details.fields).toEqual({ until: 'away_ends_first' })
  expect((await away({ from: day(6), until: day(7) }, asker)).body.code).toBe('unit_not_yours')
  expect((await away({ from: day(6), until: day(7) })).status).toBe(200)
  expect((await request({ date: day(6) })).body.code).toBe('lecturer_away')
  const [spell] = (await desk(team, 'QJ-YX-01')).lecturers.find(({ id }) => id === lecturer)!.away
  expect(spell).toMatchObject({ from: day(6), until: day(7) })
  expect((await away({ absence: spell!.id })).status).toBe(200)
  expect((await request({ end: '08:00' })).body.details.fields).toEqual({ end: 'session_ends_first' })
  const { body: { booking } } = await request()
  const step = (body: object, cookie: string) => post(`/bookings/${booking}/steps`, body, cookie)
  expect((await desk(team, 'QJ-YX-01')).bookings).toContainEqual(expect.objectContaining({ id: booking, status: 'asked', isTeam: true }))
  expect((await step({ step: 'agree' }, asker)).body.code).toBe('unit_not_yours')
  expect((await step({ step: 'refuse' }, team)).body.code).toBe('activity_reason_missing')
  expect((await step({ step: 'agree' }, team)).status).toBe(200)
  expect((await request({ start: '10:00', end: '11:00' })).body.code).toBe('lecturer_taken')
  const reach = async () => (await ask<{ villages: { code: string, talks: number }[] }>('/api/desk/lecturers/reach?unit=QJ-YX-02', { cookie: asker })).body.villages.find(({ code }) => code === village!.code)!.talks
  const before = await reach()
  await sql`update lecturer_bookings set during = tstzrange(now() - interval '3 hours', now() - interval '1 hour') where id = ${booking}`
  expect((await step({ step: 'done' }, asker)).body.code).toBe('listeners_invalid')
  expect((await step({ step: 'done', listeners: '25' }, asker)).status).toBe(200)
  expect(await reach()).toBe(before + 1)
})

it('an agreed talk becomes a plan of whoever asked, which it leads to', async () => {
  const { body: { lecturer } } = await post('', entry({ name: `${name}三` }))
  const { body: { booking } } = await post(`/${lecturer}/bookings`, { unit: 'QJ-YX-02-S', date: day(6), start: '09:00', end: '10:30', topic: '家风', place: '村礼堂' }, asker)
  const plan = (cookie: string) => post<{ activity: number, code: string }>(`/bookings/${booking}/plan`, { category: 'law' }, cookie)
  expect((await plan(asker)).body.code).toBe('booking_not_agreed')
  expect((await post(`/bookings/${booking}/steps`, { step: 'agree' })).status).toBe(200)
  const { status, body: { activity } } = await plan(asker)
  expect(status).toBe(200)
  expect((await plan(asker)).body.code).toBe('booking_planned')
  expect((await desk(asker, 'QJ-YX-02')).bookings.find(({ id }) => id === booking)).toMatchObject({ status: 'agreed', plan: { id: activity } })
  expect((await ask<{ title: string, lecturer: string, venue: string, status: string }>(`/api/desk/activities/${activity}`, { cookie: asker })).body).toMatchObject({ title: '家风', lecturer: `${name}三`, venue: '村礼堂', status: 'draft' })
})
