// Drawing lots, missed seats and the list for other websites, over the API: who may, what is said, and what a third person can check.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ActivityContent, MyNoShows } from '../../shared/types/activities.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { planActivity } from '../fixtures/planned-activities.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

const HOUR = 3_600_000
let sql: postgres.Sql
let manager: string
const people: { personId: number, cookie: string, name: string }[] = []

beforeAll(async () => {
  sql = portalSql()
  manager = await signedIn(sql, { username: 'qingxi' })
  for (let count = 0; count < 3; count++) {
    const learner = await takeLearner(sql)
    people.push({ ...learner, cookie: await signedIn(sql, learner) })
  }
})
afterAll(async () => {
  expect(await sql`select * from private.seat_faults()`).toEqual([])
  await sql.end()
})
const post = <T = { code: string, message: string }>(path: string, body: object, cookie?: string) => ask<T>(path, { method: 'POST', cookie, body })

interface Page { mine: { number: number, place: number | null, outcome: string | null }[], draws: { pool: number, seed: string | null, seedHash: string, result: { seat: { number: number }[], line: { number: number }[] } | null }[] }

describe('a draw', () => {
  it('is entered, told, drawn once, and published so that a third person draws it again', async () => {
    const { code, title, pools: [pool], id } = await planActivity(sql, { seats: 2, inHours: [240], fields: { admission: 'draw', closesAt: new Date(Date.now() + 24 * HOUR) } })
    const look = async (cookie?: string) => (await ask<ActivityContent>(`/api/activities/${code}`, { cookie })).body
    expect((await look()).told).toMatchObject({ admission: expect.stringContaining('抽签'), button: '报名抽签', draw: '抽签规则和结果' })
    expect((await look()).sessions[0]!.seats!.words).toBe('抽签分配 2 个名额')
    for (const { cookie } of people) expect((await post(`/api/activities/${code}/signups`, { pool }, cookie)).body).toMatchObject({ people: [{ status: 'asked' }] })
    expect((await look(people[1]!.cookie)).mine!.signups).toMatchObject([{ words: '已参加抽签，号码是 2 号' }])
    const page = async (cookie?: string) => (await ask<Page>(`/api/draws/${code}`, { cookie })).body
    expect(await page(people[1]!.cookie)).toMatchObject({ mine: [{ number: 2, outcome: null }], draws: [{ seed: null, result: null }] })
    const { seedHash } = (await page()).draws[0]!
    expect((await ask(`/api/draws/${code}/${pool}/draw.json`)).status).toBe(404)
    const draw = (cookie?: string) => post(`/api/desk/activities/draws/${pool}`, {}, cookie)
    expect(await draw(manager)).toMatchObject({ status: 409, body: { code: 'draw_too_early', message: expect.stringContaining('还没有截止') } })
    await sql`update public.activities set closes_at = now() - interval '1 minute' where id = ${id}`
    expect((await draw(people[0]!.cookie)).status).toBe(403)
    expect((await ask<{ waiting: { what: string, activityId: number }[] }>('/api/desk/activities?unit=QJ-YX-01-S', { cookie: manager })).body.waiting).toContainEqual(expect.objectContaining({ what: 'draw', activityId: id }))
    expect(await draw(manager)).toMatchObject({ status: 200, body: { seated: 2, waiting: 1 } })
    expect(await draw(manager)).toMatchObject({ status: 409, body: { code: 'drawn_already' } })

    const file = await ask<{ seed: string, seedHash: string, entrants: { number: number }[] }>(`/api/draws/${code}/${pool}/draw.json`)
    expect(file.headers.get('content-disposition')).toContain(`draw-${code}-${pool}.json`)
    expect(file.body.seedHash).toBe(seedHash)
    expect(JSON.stringify(file.body)).not.toMatch(new RegExp(people.map(({ name }) => name).join('|')))
    const path = join(mkdtempSync(join(tmpdir(), 'draw-')), 'draw.json')
    writeFileSync(path, JSON.stringify(file.body))
    const program = join(mkdtempSync(join(tmpdir(), 'draw-')), 'draw-check.mjs')
    writeFileSync(program, await (await fetch(`${inject('portalUrl')}/draw-check.mjs`)).text())
    expect(execFileSync(process.execPath, [program, path], { encoding: 'utf8' })).toContain('agrees (3)')
    writeFileSync(path, JSON.stringify({ ...file.body, seed: 'f'.repeat(64) }))
    expect(() => execFileSync(process.execPath, [program, path], { encoding: 'utf8', stdio: 'pipe' })).toThrow(/Command failed/)
    expect(await (await fetch(`${inject('portalUrl')}/api/draws/${code}/${pool}/draw.csv`)).text()).toMatch(/number,size,rank,place,outcome\r?\n1,1,0,/)
    const told = (await ask<{ notices: { text?: string }[] }>('/api/signups', { cookie: people[0]!.cookie })).body.notices[0]!.text
    expect(told).toMatch(new RegExp(`《${title}》抽签结果：1 号`))
  })

  it('of what gives its seats otherwise is no page', async () => {
    const { code } = await planActivity(sql)
    expect(await ask(`/api/draws/${code}`)).toMatchObject({ status: 404, body: { code: 'activity_unknown' } })
  })
})

describe('conditions', () => {
  it('are told on the page, and a refusal says what is missing', async () => {
    const { code, pools: [pool] } = await planActivity(sql, { fields: { cameLeast: 50, cameOf: 'host', newcomers: 'first' } })
    const { body } = await ask<ActivityContent>(`/api/activities/${code}`)
    expect(body.told.who).toEqual([expect.stringMatching(/^先参加过.+ 50 次$/), expect.stringMatching(/^没来过.+的优先$/), expect.stringMatching(/^孩子由.+现场照看$/)])
    const refused = await post(`/api/activities/${code}/signups`, { pool }, people[0]!.cookie)
    expect(refused).toMatchObject({ status: 409, body: { code: 'came_too_little', message: expect.stringMatching(/要先参加过.+ 50 次，.+参加过 \d+ 次/) } })
    expect(refused.body.message).not.toContain('{')
  })
})

describe('a missed seat', () => {
  it('is seen and explained by the person, answered at the desk, and then no longer counts', async () => {
    const { id, title, pools: [pool], sessions: [session], code } = await planActivity(sql)
    const { cookie, personId } = people[2]!
    await post(`/api/activities/${code}/signups`, { pool }, cookie)
    await sql`update public.activity_sessions set starts_at = clock_timestamp() + interval '5 milliseconds', ends_at = clock_timestamp() + interval '10 milliseconds' where activity_id = ${id}`
    await sql`update public.activity_sessions set confirmed_at = now() where activity_id = ${id}`
    const mine = async () => (await ask<MyNoShows>('/api/no-shows', { cookie })).body.people[0]!
    expect(await mine()).toMatchObject({ isMe: true, counted: 1, seats: [{ title, state: 'open', counts: true }] })
    const explain = { session, person: personId, reason: 'family', note: '孙子住院' }
    expect(await post('/api/no-shows', { ...explain, reason: 'lazy' }, cookie)).toMatchObject({ status: 422 })
    expect((await post('/api/no-shows', explain, people[0]!.cookie)).status).toBe(404)
    expect((await post('/api/no-shows', explain, cookie)).status).toBe(200)
    const seen = await ask<{ seats: { session: number, person: number, state: string, note: string | null }[] }>('/api/desk/activities/no-shows?unit=QJ-YX-01-S', { cookie: manager })
    expect(seen.body.seats).toContainEqual(expect.objectContaining({ session, person: personId, state: 'asked', note: '孙子住院' }))
    expect(await post('/api/desk/activities/no-shows', { session, person: personId, choice: 'excuse', answer: '' }, manager)).toMatchObject({ status: 422 })
    expect((await post('/api/desk/activities/no-shows', { session, person: personId, choice: 'excuse', answer: '好的，祝孩子早日康复' }, manager)).status).toBe(200)
    expect(await mine()).toMatchObject({ counted: 0, seats: [{ state: 'excused', answer: '好的，祝孩子早日康复', counts: false }] })
  })
})

describe('the list for other websites', () => {
  it('has no scripts, no cookies, may stand in any frame, and is answered from memory', async () => {
    const { title } = await planActivity(sql, { inHours: [0], fields: { title: '写<春联>&"福"' } })
    const get = (path: string) => fetch(inject('portalUrl') + path)
    const page = await get('/embed/schools/QJ-YX-01-S?few=5')
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(title).toBeTruthy()
    // Others may be under way that began before: the longest list has it.
    expect(await (await get('/embed/schools/QJ-YX-01-S?few=20')).text()).toContain('写&lt;春联&gt;&amp;&quot;福&quot;')
    expect(html).not.toMatch(/<script|onclick|javascript:/i)
    expect(html.match(/<li>/g)!.length).toBeLessThanOrEqual(5)
    expect(Buffer.byteLength(html)).toBeLessThan(12_000)
    expect(page.headers.get('set-cookie')).toBeNull()
    expect(page.headers.get('x-frame-options')).toBeNull()
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors \*/)
    expect(page.headers.get('etag')).toBeTruthy()
    expect((await get('/schools/QJ-YX-01-S')).headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect((await get('/schools/QJ-YX-01-S')).headers.get('content-security-policy')).toContain(`frame-ancestors 'self'`)
    expect((await get('/embed/schools/QJ-YX-01-S?lang=en')).status).toBe(200)
    expect((await get('/embed/schools/NOWHERE')).status).toBe(404)
    const desk = await ask<{ snippet: string }>('/api/desk/activities/embed?unit=QJ-YX-01-S&few=3', { cookie: manager })
    expect(desk.body.snippet).toMatch(/^<iframe src="https?:\/\/[^"]+\/embed\/schools\/QJ-YX-01-S\?few=3" title="[^"]+" loading="lazy" style="[^"]+"><\/iframe>$/)
  })
})
