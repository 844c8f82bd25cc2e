// The residents' half of activities: found, signed up for, waited for, given back; and the calendars that phones subscribe to.
import ICAL from 'ical.js'
import type postgres from 'postgres'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ActivityContent } from '../../shared/types/activities.ts'
import { asManager, planActivity } from '../fixtures/planned-activities.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

interface Found { activities: { code: string, title: string, free: number | null }[], total: number, home: string | null, places: { id: string }[] }
interface SignedUp { people: { signup: number, status: string, place: number | null, isNew: boolean }[] }
interface Mine { signups: { id: number, code: string, status: string, ahead: number | null }[], notices: { id: number, kind: string, isRead: boolean }[], calendarSince: string | null }

let sql: postgres.Sql
const cookies: string[] = []
const people: { personId: number, phone: string }[] = []

beforeAll(async () => {
  sql = portalSql()
  for (let count = 0; count < 3; count++) {
    const learner = await takeLearner(sql)
    people.push(learner)
    cookies.push(await signedIn(sql, learner))
  }
})
afterAll(async () => {
  expect(await sql`select * from private.seat_faults()`).toEqual([])
  await sql.end()
})

const post = <T = Record<string, unknown>>(path: string, body: object, cookie?: string) => ask<T>(path, { method: 'POST', cookie, body })
const signUp = (activity: { code: string, pools: number[] }, cookie: string | undefined, more: object = {}) => post<SignedUp>(`/api/activities/${activity.code}/signups`, { pool: activity.pools[0], ...more }, cookie)
const find = async (query: string, cookie?: string) => (await ask<Found>(`/api/activities?${query}`, { cookie })).body
const look = async (code: string, cookie?: string) => (await ask<ActivityContent>(`/api/activities/${code}`, { cookie })).body
const mine = async (cookie: string) => (await ask<Mine>('/api/signups', { cookie })).body
const form = (path: string, fields: Record<string, string>, cookie?: string, referer = '/') => ask(path, {
  method: 'POST', cookie, body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', 'referer': inject('portalUrl') + referer },
})

describe('activities', () => {
  it('say what coming would earn, to visitors too, before anybody signs up', async () => {
    const { code } = await planActivity(sql, { signUp: 'none' })
    expect((await look(code)).told.earns).toMatch(/^来一场得 1\.2 学分/)
    // An hour, at twenty thousandths a minute.
    expect((await look(code, cookies[0])).told.earns).toBe('来一场得 1.2 学分')
  })

  it('are found by words, day, place and free seats; a draft never', async () => {
    const one = await planActivity(sql, { inHours: [24 * 10] })
    const day = (await look(one.code)).sessions[0]!.startsAt
    const date = new Date(Date.parse(day) + 8 * 3_600_000).toISOString().slice(0, 10)
    expect(await find(`words=${encodeURIComponent(one.title)}`)).toMatchObject({ total: 1, activities: [{ code: one.code, free: 1 }] })
    expect((await find(`day=date&date=${date}&place=QJ-YX-01-S&category=health&form=talk&audience=resident&free=yes&words=${encodeURIComponent(one.title)}`)).total).toBe(1)
    for (const other of ['day=today', 'place=QJ-LJ', 'category=law', 'form=contest', 'audience=elderly', 'audience=no_such']) expect((await find(`${other}&words=${encodeURIComponent(one.title)}`)).total, other).toBe(0)
    await signUp(one, cookies[0])
    expect((await find(`free=yes&words=${encodeURIComponent(one.title)}`)).total).toBe(0)
    expect((await find(`words=${encodeURIComponent('迎新春写春联')}`)).total).toBe(0)
    expect(await ask('/api/activities?place=NOWHERE')).toMatchObject({ status: 404, body: { code: 'unit_unknown' } })
    const [draft] = await sql`select code from public.activities where status = 'draft' limit 1`
    expect(await ask(`/api/activities/${draft!.code}`)).toMatchObject({ status: 404, body: { code: 'activity_unknown' } })
  })

  it('near home are those of one’s township', async () => {
    const near = await find('place=near', cookies[0])
    expect(near.home).toBe('清溪镇')
    expect(near.total).toBeGreaterThan(2)
    expect(near.total).toBeLessThan((await find('')).total)
    expect((await find('')).home).toBeNull()
  })
})

describe('a sign-up', () => {
  it('leads a visitor to sign in and back; a newcomer is told what is missing', async () => {
    const one = await planActivity(sql)
    expect(await signUp(one, undefined)).toMatchObject({ status: 401, body: { code: 'sign_in_needed' } })
    const sent = await form(`/api/activities/${one.code}/signups`, { pool: String(one.pools[0]) })
    expect(sent.status).toBe(303)
    expect(sent.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(`/activities/${one.code}?join=1`)}`)
  })

  it('takes a seat, once; the next waits at an honest place; a seat given back is offered, and taken', async () => {
    const one = await planActivity(sql)
    const [first, second, third] = cookies as [string, string, string]
    expect((await signUp(one, first)).body.people).toMatchObject([{ status: 'confirmed', isNew: true }])
    expect((await signUp(one, first)).body.people).toMatchObject([{ status: 'confirmed', isNew: false }])
    const { signup } = (await signUp(one, first)).body.people[0]!
    expect((await signUp(one, second)).body.people).toMatchObject([{ status: 'waiting', place: 1 }])
    expect((await signUp(one, third)).body.people).toMatchObject([{ status: 'waiting', place: 2 }])
    expect((await look(one.code, third)).mine!.signups).toMatchObject([{ status: 'waiting', ahead: 1 }])
    expect((await look(one.code)).mine).toBeNull()

    // Nobody gives back what is another's.
    expect(await post('/api/signups/cancellations', { signup }, second)).toMatchObject({ status: 404, body: { code: 'signup_unknown' } })
    for (let time = 0; time < 2; time++) expect((await post('/api/signups/cancellations', { signup }, first)).status).toBe(200)
    const offered = (await look(one.code, second)).mine!.signups[0]!
    expect(offered).toMatchObject({ status: 'offered', ahead: null })
    expect(Date.parse(offered.offerEndsAt!)).toBeGreaterThan(Date.now())
    const told = (await mine(second)).notices.find(({ kind }) => kind === 'seat_offered')!
    expect(told.isRead).toBe(false)
    expect((await post('/api/notices/read', { until: told.id }, second)).status).toBe(200)
    expect((await mine(second)).notices.find(({ id }) => id === told.id)!.isRead).toBe(true)
    // A text message goes out once, to the number itself, while the offer stands.
    await expect.poll(() => textsTo(people[1]!.phone).filter(text => text.includes(one.title) && text.includes('有名额了')).length, { timeout: 100_000, interval: 2000 }).toBe(1)
    expect(await post('/api/signups/answers', { signup: offered.id, choice: 'maybe' }, second)).toMatchObject({ status: 422, body: { code: 'choice_missing' } })
    expect((await post('/api/signups/answers', { signup: offered.id, choice: 'take' }, second)).status).toBe(200)
    expect((await look(one.code, second)).mine!.signups[0]!.status).toBe('confirmed')
    expect((await look(one.code, third)).mine!.signups[0]!).toMatchObject({ status: 'waiting', ahead: 0 })
  }, 120_000)

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['before its window', { opensAt: new Date(Date.now() + 3_600_000).toISOString() }, 'signup_not_open', /月\d+日 .+才开始报名/],
    ['after its window', { closesAt: new Date(Date.now() - 3_600_000).toISOString() }, 'signup_closed', /月\d+日 .+截止/],
    ['too young', { youngest: 110 }, 'too_young', /要满 110 岁/],
    ['too old', { oldest: 12 }, 'too_old', /到 12 岁为止/],
    ['of another place', { forUnit: 'QJ-LJ' }, 'other_residence', /临江区/],
    ['of another group', { forGroups: ['infant_parents'] }, 'other_group', /人群/],
  ])('is refused in plain words: %s', async (_what, fields, code, words) => {
    const [unit] = fields.forUnit ? await sql`select id from public.units where code = ${fields.forUnit as string}` : []
    const one = await planActivity(sql, { fields: { ...fields, ...(unit && { forUnit: Number(unit.id) }) } })
    const refused = await signUp(one, cookies[0])
    expect(refused).toMatchObject({ status: 409, body: { code } })
    expect((refused.body as unknown as { message: string }).message).toMatch(words)
  })

  it('for somebody who is not one’s own is refused, and so is what was called off', async () => {
    const one = await planActivity(sql, { seats: 5 })
    expect(await signUp(one, cookies[0], { [`person-${people[1]!.personId}`]: 'yes' })).toMatchObject({ status: 403, body: { code: 'person_not_yours' } })
    await signUp(one, cookies[0])
    await asManager(sql, transaction => transaction`select public.cancel_activity(${one.id}, '老师病了')`)
    expect(await signUp(one, cookies[1])).toMatchObject({ status: 409, body: { code: 'activity_cancelled' } })
    expect(await look(one.code, cookies[0])).toMatchObject({ cancelReason: '老师病了', sessions: [{ cancelReason: '老师病了' }] })
    expect((await mine(cookies[0]!)).notices[0]).toMatchObject({ kind: 'activity_cancelled' })
  })

  it('for children in care goes in the same form, with a grown-up where one is needed', async () => {
    const [child] = await sql`insert into public.persons (name, sex, birth_year, residence_unit_id) select '小明', 'male', extract(year from now()) - 9, residence_unit_id from public.persons where id = ${people[2]!.personId} returning id::integer`
    await sql`insert into public.guardians (child_id, guardian_id, relation, consent, valid_from) values (${child!.id}, ${people[2]!.personId}, 'mother', true, '2026-01-01')`
    const one = await planActivity(sql, { seats: 4, fields: { minors: 'with_guardian' } })
    const box = (id: number) => ({ [`person-${id}`]: 'yes' })
    expect((await look(one.code, cookies[2])).mine!.people).toEqual(expect.arrayContaining([expect.objectContaining({ isMe: true }), expect.objectContaining({ name: '小明', isMe: false })]))
    expect(await signUp(one, cookies[2], box(child!.id))).toMatchObject({ status: 409, body: { code: 'adult_needed', message: '小明未满 18 岁，请和一位大人一起报名。' } })
    expect(await signUp(one, cookies[2], { choose: 'yes' })).toMatchObject({ status: 422, body: { code: 'people_invalid' } })
    expect((await signUp(one, cookies[2], { ...box(child!.id), ...box(people[2]!.personId) })).body.people).toMatchObject([{ status: 'confirmed' }, { status: 'confirmed' }])

    // The adult does not leave the child alone, and is told where both leave.
    const [seat] = await sql`select id::integer from public.signups where pool_id = ${one.pools[0]!} and person_id = ${people[2]!.personId}`
    const refused = await post('/api/signups/cancellations', { signup: seat!.id }, cookies[2]!)
    expect(refused).toMatchObject({ status: 409, body: { code: 'child_left_alone', message: expect.stringContaining('请连同小明一起退出') } })
    expect((await ask<object[]>('/api/signups/together', { cookie: cookies[2]! })).body).toMatchObject([{ id: seat!.id, isMe: true, children: '小明' }])
    const left = await form('/api/signups/cancellations', { signup: String(seat!.id), together: 'yes' }, cookies[2]!, '/my/together')
    expect(left.headers.get('location')).toBe('/my/together?done=cancelled#mine')
    expect(await sql`select count(*)::integer as left from public.signups where pool_id = ${one.pools[0]!} and status = 'cancelled'`).toEqual([{ left: 2 }])
  })

  it('changes to another session, or stays where it is full; a session of a term is missed and not', async () => {
    const two = await planActivity(sql, { inHours: [72, 96] })
    const [a, b] = cookies as [string, string]
    const { signup } = (await signUp(two, a)).body.people[0]!
    await post(`/api/activities/${two.code}/signups`, { pool: two.pools[1] }, b)
    expect(await post('/api/signups/swaps', { signup, pool: two.pools[1] }, a)).toMatchObject({ status: 409, body: { code: 'session_full' } })
    // What would be refused is not offered; it is waited for with the seat that one has.
    expect((await look(two.code, a)).mine!.signups[0]).toMatchObject({ swaps: [] })
    const seats = async () => (await ask<{ seats: { signup: number, others: { pool: number, isFree: boolean }[] }[] }>('/api/signups/seats', { cookie: a })).body.seats.find(one => one.signup === signup)?.others
    expect(await seats()).toMatchObject([{ pool: two.pools[1], isFree: false }])
    expect(await post('/api/signups/waits', { signup, pool: two.pools[1] }, a)).toMatchObject({ status: 200, body: { outcome: 'waiting' } })
    const waits = (await look(two.code, a)).mine!.signups.find(({ status }) => status === 'waiting')!
    expect(waits).toMatchObject({ pool: two.pools[1], words: expect.stringContaining('那一场的名额留着') })
    expect(await post('/api/signups/fewer', { [`signup-${waits.id}`]: 'yes' }, a)).toMatchObject({ status: 200, body: { gone: 1 } })
    expect(await post('/api/signups/fewer', {}, a)).toMatchObject({ status: 422, body: { code: 'seats_none_chosen' } })
    await post('/api/signups/cancellations', { signup: (await look(two.code, b)).mine!.signups[0]!.id }, b)
    expect((await look(two.code, a)).mine!.signups.find(one => one.id === signup)).toMatchObject({ swaps: [{ pool: two.pools[1] }] })
    expect(await seats()).toMatchObject([{ isFree: true }])
    expect((await post('/api/signups/swaps', { signup, pool: two.pools[1] }, a)).status).toBe(200)
    expect((await look(two.code, a)).mine!.signups.filter(({ status }) => status === 'confirmed')).toMatchObject([{ pool: two.pools[1] }])

    const term = await planActivity(sql, { signUp: 'term', inHours: [100, 124], seats: 3 })
    const seat = (await signUp(term, a)).body.people[0]!.signup
    const leave = (away: string) => form('/api/signups/leaves', { signup: String(seat), session: String(term.sessions[1]), away }, a, `/activities/${term.code}`)
    expect((await leave('yes')).headers.get('location')).toBe(`/activities/${term.code}?done=away#mine`)
    expect((await look(term.code, a)).mine!.leaves).toEqual([{ signup: seat, session: term.sessions[1] }])
    await leave('no')
    expect((await look(term.code, a)).mine!.leaves).toEqual([])
  })
})

describe('a calendar', () => {
  const events = (text: string) => new ICAL.Component(ICAL.parse(text) as never).getAllSubcomponents('vevent')
  const read = async (path: string) => {
    const { status, body, headers } = await ask<string>(path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    return body
  }

  it('of an activity follows RFC 5545: lines of 75 octets, a zone, a stable name, a number that grows, what is called off', async () => {
    const one = await planActivity(sql, { inHours: [72, 96], fields: { title: `${'很长的名字'.repeat(8)}${process.pid}` } })
    const text = await read(`/api/activities/${one.code}/calendar.ics`)
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    const [first] = events(text)
    expect(first!.getFirstProperty('dtstart')!.getParameter('tzid')).toBe('Asia/Shanghai')
    expect(text).toContain('TZID:Asia/Shanghai')
    const starts = Date.parse((await look(one.code)).sessions[0]!.startsAt)
    expect((first!.getFirstPropertyValue('dtstart') as ICAL.Time).toString()).toBe(new Date(starts + 8 * 3_600_000).toISOString().slice(0, 19))
    await asManager(sql, transaction => transaction`select public.cancel_session(${one.sessions[0]!}, '停电')`)
    const [again, other] = events(await read(`/api/activities/${one.code}/calendar.ics`))
    expect(again!.getFirstPropertyValue('uid')).toBe(first!.getFirstPropertyValue('uid'))
    expect(again!.getFirstPropertyValue('status')).toBe('CANCELLED')
    expect(Number(again!.getFirstPropertyValue('sequence'))).toBeGreaterThan(Number(first!.getFirstPropertyValue('sequence')))
    expect(other!.getFirstPropertyValue('status')).toBe('CONFIRMED')
    const school = events(await read('/api/schools/QJ-YX-01-S/calendar.ics')).map(event => event.getFirstPropertyValue('uid'))
    expect(school).toContain(first!.getFirstPropertyValue('uid'))
    expect(events(await read('/api/schools/QJ-LJ/calendar.ics')).map(event => event.getFirstPropertyValue('uid'))).not.toContain(first!.getFirstPropertyValue('uid'))
    expect(await ask('/api/activities/22222222/calendar.ics')).toMatchObject({ status: 404, body: { code: 'activity_unknown' } })
  })

  it('of one’s own has a secret address that a new one ends, of which only a hash is kept, and says no name', async () => {
    const one = await planActivity(sql)
    await signUp(one, cookies[0])
    expect((await mine(cookies[0]!)).calendarSince).toBeNull()
    const month = new Date(Date.now() + 72 * 3_600_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 7)
    const { body: { days } } = await ask<{ days: { lines: { title: string, state: string, to: string }[] }[] }>(`/api/calendar?month=${month}`, { cookie: cookies[0]! })
    expect(days.flatMap(({ lines }) => lines)).toContainEqual(expect.objectContaining({ title: one.title, state: '有名额', to: `/activities/${one.code}` }))
    const make = async () => new URL((await post<{ address: string }>('/api/calendar', { act: 'renew' }, cookies[0])).body.address)
    const path = ({ pathname, search }: URL) => pathname + search
    const [old, fresh] = [await make(), await make()]
    expect((await ask(path(old))).status).toBe(404)
    const text = await read(path(fresh))
    expect(events(text).map(event => event.getFirstPropertyValue('summary'))).toContain(one.title)
    const [person] = await sql`select name from public.persons where id = ${people[0]!.personId}`
    expect(text).not.toContain(person!.name)
    const kept = await sql`select encode(key_hash, 'hex') as hash from private.calendar_keys where person_id = ${people[0]!.personId}`
    expect(kept).toHaveLength(1)
    expect(fresh.search).not.toContain(kept[0]!.hash)
    expect((await mine(cookies[0]!)).calendarSince).not.toBeNull()
    await post('/api/calendar', { act: 'end' }, cookies[0])
    expect((await ask(path(fresh))).status).toBe(404)
    expect((await ask('/calendar.ics?key=short')).status).toBe(404)
  })
})

function textsTo(phone: string): string[] {
  try {
    const lines = readFileSync(join(inject('portalDataDir'), 'outbox', 'sms.jsonl'), 'utf8').trim().split('\n')
    return lines.map(line => JSON.parse(line) as { phone: string, text: string }).filter(sent => sent.phone === phone).map(({ text }) => text)
  }
  catch { return [] }
}
