// The directory of venues: kept by a school, read by everybody, booked by others, and never twice.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Venue { id: number, code: string, version: number, name: string, photo: string | null, rooms: { id: number, name: string }[], bookings: { id: number, status: string, isSession: boolean, purpose: string }[], use: { visits: number } }
let sql: postgres.Sql
let manager: string
let teacher: string
let elsewhere: string
let number = 0

beforeAll(async () => {
  sql = portalSql()
  manager = await signedIn(sql, { username: 'qingxi' })
  teacher = await signedIn(sql, { username: 'teacher' })
  elsewhere = await signedIn(sql, { username: 'manager.yx.02' })
})
afterAll(() => sql.end())

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
const entry = (over: Record<string, string> = {}) => ({
  'unit': 'QJ-YX-01-S', 'name': `试验场所 ${process.pid} ${++number}`, 'kind': 'culture_hall', 'address': '河街 1 号', 'contactPost': '文化专干', 'phone': '0900-123456', 'access.lift': 'yes',
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(weekday => [`h${weekday}`, '8:00-12:00，13:00-21:00'])), 'r0.name': '大厅', 'r0.seats': '80', 'r1.name': '画室', 'r1.seats': '20', 'r2.name': '', 'r2.seats': '', ...over,
})
const post = <T = { id: number, booking: number, code: string, details: { field: string, fields: Record<string, string> } }>(path: string, body: object, cookie = manager) => ask<T>(`/api/desk${path}`, { method: 'POST', body, cookie })
const read = async (id: number, cookie = manager) => (await ask<{ venue: Venue }>(`/api/desk/venues/${id}`, { cookie })).body.venue
async function made(over: Record<string, string> = {}): Promise<Venue> {
  const { status, body } = await post('/venues', entry(over))
  expect(status, JSON.stringify(body)).toBe(200)
  return read(body.id)
}

it('a venue is refused in words by field, saved, found and read by everybody', async () => {
  const wrong = await post('/venues', entry({ name: '', phone: '打给我', h3: '12:00-8:00', h4: '25:00-26:00' }))
  expect(wrong.body.details.fields).toEqual({ name: 'venue_name_missing', phone: 'contact_phone_invalid', h3: 'venue_hours_invalid', h4: 'venue_hours_invalid' })
  expect((await post('/venues', entry({ h1: '8:00-12:00, 11:00-13:00' }))).body.code).toBe('venue_hours_overlap')
  expect((await post('/venues', entry(), elsewhere)).body.code).toBe('unit_not_yours')
  const venue = await made()
  expect(venue.rooms.map(({ name }) => name)).toEqual(['大厅', '画室'])
  const { body: list } = await ask<{ venues: { code: string, rooms: number, seats: number }[] }>(`/api/venues?kind=culture_hall&words=${encodeURIComponent(venue.name)}`)
  expect(list.venues).toEqual([expect.objectContaining({ code: venue.code, rooms: 2, seats: 100 })])
  expect((await ask(`/api/venues/${venue.code}`)).body).toMatchObject({ name: venue.name, access: ['lift'], contactPost: '文化专干', rooms: [{ name: '大厅', taken: [] }, { name: '画室' }] })
  expect((await ask('/api/venues/22222222')).status).toBe(404)
  expect((await ask('/api/venues?place=NOWHERE')).status).toBe(404)
  expect((await ask(`/venues/${venue.code}`)).body).toContain('河街 1 号')
})

it('a room is asked for, given by whoever keeps the venue, and taken for everybody else', async () => {
  const { id, code, rooms: [hall] } = await made()
  const book = (over: Record<string, string> = {}, cookie = elsewhere) => post(`/venues/${id}/bookings`, { unit: 'QJ-YX-02-S', room: String(hall!.id), date: day(20), start: '09:00', end: '11:00', purpose: '排练', team: '合唱团', ...over }, cookie)
  expect((await book({ unit: 'QJ-YX-01-S' })).status).toBe(403)
  expect((await book({ end: '08:00' })).body.code).toBe('booking_ends_first')
  expect((await book({ start: '11:00', end: '14:00' })).body).toMatchObject({ code: 'venue_closed_then', details: { field: 'start' } })
  const { body: { booking } } = await book()
  const decide = (body: object, cookie = manager) => post(`/venues/bookings/${booking}/decision`, body, cookie)
  expect((await decide({ decision: 'approve' }, teacher)).body.code).toBe('post_lacks_sight')
  expect((await decide({ decision: 'approve' }, elsewhere)).body.code).toBe('booking_unknown')
  expect((await decide({ decision: 'refuse' })).body.code).toBe('activity_reason_missing')
  expect((await decide({ decision: 'approve' })).status).toBe(200)
  expect((await book({ start: '10:00', end: '12:00' })).body).toMatchObject({ code: 'room_taken' })
  const { body: page } = await ask<{ rooms: { taken: object[] }[] }>(`/api/venues/${code}`)
  expect(page.rooms[0]!.taken).toHaveLength(0) // it is more than two weeks away
  // What is approved is seen by others, without who else asked.
  expect((await read(id, teacher)).bookings).toMatchObject([{ status: 'approved', purpose: '排练' }])
  expect((await post(`/venues/bookings/${booking}/cancellation`, { reason: '' }, elsewhere)).body.code).toBe('activity_reason_missing')
  expect((await post(`/venues/bookings/${booking}/cancellation`, { reason: '不用了' }, elsewhere)).status).toBe(200)
  expect((await book({ start: '10:00', end: '12:00' })).status).toBe(200)
})

it('an activity that names venue and room takes it, is warned of what lies there, and cannot be published over it', async () => {
  const venue = await made()
  const plan = (over: Record<string, string> = {}) => ({
    'unit': 'QJ-YX-01-S', 'title': '剪纸', 'kind': 'activity', 'form': 'practice', 'category': 'culture_leisure', 'venue': venue.name, 'room': '大厅', 'phone': '0900-1234567', 'signUp': 'none',
    's0.date': day(30), 's0.start': '09:00', 's0.end': '10:30', ...over,
  })
  const { body: { id } } = await post('/activities', plan())
  expect((await post(`/activities/${id}/publication`, {})).status).toBe(200)
  expect((await read(venue.id)).bookings).toMatchObject([{ isSession: true, status: 'approved', purpose: '剪纸' }])
  const { body: { id: second } } = await post('/activities', plan({ title: '书法' }))
  expect((await post(`/activities/${second}/publication`, {})).body).toMatchObject({ code: 'room_taken', details: { field: 'sessions', place: 1, room: '大厅' } })
  const looked = await post<{ clashes: { what: string }[] }>('/activities/clashes', plan({ 's0.start': '12:00', 's0.end': '12:30' }))
  expect(looked.body.clashes.map(({ what }) => what)).toEqual(['closed'])
  const form = await ask<{ venues: { name: string, rooms: string[] }[] }>('/api/desk/activities/form?unit=QJ-YX-01', { cookie: manager })
  expect(form.body.venues).toContainEqual({ name: venue.name, rooms: ['大厅', '画室'] })
  expect((await post('/venues', { ...entry({ name: venue.name, venue: String(venue.id), version: String(venue.version) }), 'r0.id': String(venue.rooms[0]!.id), 'r0.name': '礼堂' })).body.code).toBe('room_in_use')
})

it('visits are counted by day, other hours said, and a photo kept without its place', async () => {
  const { id } = await made()
  expect((await post(`/venues/${id}/visits`, { day: day(1), visitors: '3' }, teacher)).body.code).toBe('visits_day_invalid')
  expect((await post(`/venues/${id}/visits`, { day: day(0), visitors: '-3' }, teacher)).body.code).toBe('visits_invalid')
  expect((await post(`/venues/${id}/visits`, { day: day(0), visitors: '30' }, elsewhere)).body.code).toBe('unit_not_yours')
  expect((await post(`/venues/${id}/visits`, { day: day(0), visitors: '30' }, teacher)).status).toBe(200)
  expect((await read(id)).use.visits).toBe(30)
  expect((await post(`/venues/${id}/days`, { day: day(3), start: '10:00', end: '09:00', note: '检修' })).body.code).toBe('venue_hours_invalid')
  expect((await post(`/venues/${id}/days`, { day: day(3), start: '', end: '', note: '检修' })).status).toBe(200)
  const form = new FormData()
  const picture = readFileSync(new URL('../../docs/images/portal.jpg', import.meta.url))
  form.append('photo', new File([Buffer.concat([picture.subarray(0, 2), Buffer.from([0xFF, 0xE1, 0, 12]), Buffer.from('Exif\0\0GPS!'), picture.subarray(2)])], 'hall.jpg'))
  const send = (cookie: string) => fetch(`${inject('portalUrl')}/api/desk/venues/${id}/photo`, { method: 'POST', body: form, headers: { cookie } })
  expect((await send(elsewhere)).status).toBe(403)
  expect((await send(manager)).status).toBe(200)
  const { photo } = await read(id)
  expect(Buffer.from(await (await fetch(`${inject('portalUrl')}/media/${photo}`)).arrayBuffer()).includes('GPS!')).toBe(false)
  const { body } = await ask<{ venues: { id: number, use: { visits: number, countedDays: number } }[] }>('/api/desk/venues?unit=QJ-YX-01', { cookie: teacher })
  expect(body.venues.find(venue => venue.id === id)!.use).toMatchObject({ visits: 30, countedDays: 1 })
})
