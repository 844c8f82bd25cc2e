// Checking in by what the school's screen shows, over HTTP: scanned before one signs in, pressed once, told in words when it is not to be.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { type Learner, takeLearner } from '../fixtures/learners.ts'
import { planActivity, type Planned } from '../fixtures/planned-activities.ts'
import { ask, cookiesOf, portalSql, signedIn } from '../fixtures/portal.ts'

interface Screen { address: string, word: string, state: string, came: number }
let sql: postgres.Sql
let manager: string
let elsewhere: string
beforeAll(async () => {
  sql = portalSql()
  manager = await signedIn(sql, { username: 'qingxi' })
  elsewhere = await signedIn(sql, { username: 'manager.yx.02' })
})
afterAll(() => sql.end())

async function begun(seats = 1): Promise<Planned> {
  const planned = await planActivity(sql, { seats })
  await sql`update activity_sessions set starts_at = now() - interval '20 minutes', ends_at = now() + interval '40 minutes' where id = ${planned.sessions[0]!}`
  return planned
}
const screen = async ({ sessions }: Planned, cookie = manager) => (await ask<Screen>(`/api/desk/activities/sessions/${sessions[0]}/screen`, { cookie })).body
const scan = (address: string, cookie?: string) => ask(new URL(address).pathname, { cookie })
async function learner(): Promise<Learner & { cookie: string }> {
  const one = await takeLearner(sql)
  return { ...one, cookie: await signedIn(sql, { phone: one.phone }) }
}
const seat = ({ pools }: Planned, { personId }: Learner) => sql`
  with wanted as (select nextval(pg_get_serial_sequence('public.signups', 'id')) as id), made as (
    insert into signups (id, pool_id, person_id, party_id, status) select id, ${pools[0]!}, ${personId}, id, 'confirmed' from wanted returning pool_id)
  update seat_pools set taken = taken + 1 where id = (select pool_id from made)`
const flashOf = (cookies: string) => JSON.parse(Buffer.from(/flash=([^;]+)/.exec(cookies)![1]!, 'base64url').toString()) as { code: string, message: string }

describe('the code on the screen', () => {
  it('is shown to staff of the host', async () => {
    const planned = await begun()
    expect(await screen(planned)).toMatchObject({ state: 'open', word: expect.stringMatching(/^\d{4}$/) as string, image: expect.stringContaining('data:image/svg+xml') as string, came: 0 })
    expect((await ask(`/api/desk/activities/sessions/${planned.sessions[0]}/screen`, { cookie: elsewhere })).status).toBe(404)
  })

  it('scanned by a visitor leads to sign in and back, and one press marks them, once', async () => {
    const planned = await begun()
    const who = await learner()
    await seat(planned, who)
    const scanned = await scan((await screen(planned)).address)
    expect([scanned.status, scanned.headers.get('location')]).toEqual([303, '/check-in'])
    const pass = cookiesOf(scanned)
    expect(scanned.headers.get('set-cookie')).toMatch(/HttpOnly/i)
    expect((await ask('/api/check-in', { cookie: pass })).body).toMatchObject({ page: null, hasPass: true })
    expect((await ask('/api/check-in', { cookie: pass, method: 'POST', body: {} })).status).toBe(401)
    const cookie = `${who.cookie}; ${pass}`
    expect((await ask('/api/check-in', { cookie })).body).toMatchObject({ page: { title: planned.title, people: [{ id: who.personId, isMe: true, seenAt: null }] } })
    expect((await ask('/api/check-in', { cookie, method: 'POST', body: { person: who.personId } })).body).toMatchObject({ outcome: 'in', name: who.name })
    const again = await ask('/api/check-in', { cookie, method: 'POST', body: `person=${who.personId}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect([again.status, again.headers.get('location')]).toEqual([303, `/check-in?done=again&person=${who.personId}`])
    expect(await sql`select method from attendance_marks where session_id = ${planned.sessions[0]!}`).toEqual([{ method: 'scan' }])
  })

  it('of yesterday, made up, or out of date says so in words, and gives no pass', async () => {
    const planned = await begun()
    const { address } = await screen(planned)
    const told = async () => flashOf(cookiesOf(await scan(address)))
    await sql`update activity_sessions set starts_at = now() - interval '1 day', ends_at = now() - interval '23 hours' where id = ${planned.sessions[0]!}`
    expect(await told()).toMatchObject({ code: 'check_in_over', message: expect.stringMatching(/那一场已经结束/) as string })
    expect(flashOf(cookiesOf(await scan('http://x/check-in/1-2-abc')))).toMatchObject({ code: 'check_in_code_unknown', message: expect.stringContaining('到签到台') as string })
    const old = await begun()
    const { address: shown } = await screen(old)
    await sql`select private.check_in_code(${old.sessions[0]!}, private.check_in_step(30) - 5) as code`.then(async ([row]) => {
      expect(flashOf(cookiesOf(await scan(shown.replace(/[^/]+$/, row!.code as string))))).toMatchObject({ code: 'check_in_code_old', message: expect.stringContaining('再扫一次') as string })
    })
    expect((await ask('/api/check-in', { method: 'POST', body: {}, cookie: (await learner()).cookie })).body).toMatchObject({ code: 'check_in_pass_over', message: expect.stringContaining('再扫一次') as string })
  })

  it('of a full session says to go to the desk, where a seat is added for a reason', async () => {
    const planned = await begun()
    const [one, two] = [await learner(), await learner()]
    await seat(planned, one)
    const pass = cookiesOf(await scan((await screen(planned)).address))
    expect(await ask('/api/check-in', { cookie: `${two.cookie}; ${pass}`, method: 'POST', body: {} })).toMatchObject({ status: 409, body: { code: 'check_in_full', message: expect.stringContaining(two.name) as string } })
    const mark = (extra?: string) => ask(`/api/desk/activities/sessions/${planned.sessions[0]}/marks`, { cookie: manager, method: 'POST', body: { person: two.personId, method: 'walk_in', extra } })
    expect(await mark()).toMatchObject({ status: 409, body: { code: 'session_full_at_door', details: { name: two.name } } })
    expect(await mark('加把椅子')).toMatchObject({ status: 200, body: { outcome: 'in' } })
    expect(await sql`select * from private.seat_faults()`).toEqual([])
  })
})

describe('what a device wrote down', () => {
  it('is read mark by mark: one that is damaged is said to be, and holds up no other', async () => {
    const planned = await begun()
    const who = await learner()
    await seat(planned, who)
    const [whole, damaged] = [crypto.randomUUID(), 'half-writ']
    const said = await ask<{ answers: { clientId: string | null, place?: number, outcome: string }[] }>(`/api/desk/activities/sessions/${planned.sessions[0]}/log`, {
      cookie: manager, method: 'POST',
      body: { device: '前台', marks: [{ clientId: damaged, method: 'roster', deviceAt: '昨天' }, { person: who.personId, method: 'roster' }, null, { clientId: whole, person: who.personId, method: 'roster', deviceAt: new Date().toISOString(), clockOffMs: 0 }] },
    })
    expect(new Map(said.body.answers.map(one => [one.clientId ?? one.place, one.outcome]))).toEqual(new Map<string | number | undefined, string>([[whole, 'in'], [damaged, 'unreadable'], [1, 'unreadable'], [2, 'unreadable']]))
    expect(await sql`select person_id::integer as person_id from attendance_marks where session_id = ${planned.sessions[0]!}`).toEqual([{ person_id: who.personId }])
  })
})

describe('a mark on the list', () => {
  it('that is sent again after it was taken back is refused in words, and a new one counts', async () => {
    const planned = await begun()
    const who = await learner()
    await seat(planned, who)
    const send = (path: string, body: object) => ask(`/api/desk/activities/sessions/${planned.sessions[0]}/${path}`, { cookie: manager, method: 'POST', body })
    const mark = { person: who.personId, method: 'roster', mark: crypto.randomUUID() }
    expect((await send('marks', mark)).body).toMatchObject({ outcome: 'in' })
    expect((await send('unmarks', { person: who.personId })).status).toBe(200)
    expect(await send('marks', mark)).toMatchObject({ status: 409, body: { code: 'mark_taken_back', message: expect.stringContaining('已经撤回') as string } })
    expect((await send('marks', { ...mark, mark: crypto.randomUUID() })).body).toMatchObject({ outcome: 'in' })
  })
})

describe('the word that is said', () => {
  const say = (word: string, cookie: string) => ask('/api/check-in/word', { method: 'POST', body: { word }, cookie })
  it('gives a pass to whoever is signed up, in any digits', async () => {
    const planned = await begun()
    const who = await learner()
    await seat(planned, who)
    const { word } = await screen(planned)
    const wide = [...word].map(digit => String.fromCharCode(digit.charCodeAt(0) + 0xFEE0)).join(' ')
    const said = await say(wide, who.cookie)
    expect(said.status).toBe(200)
    expect((await ask('/api/check-in', { cookie: `${who.cookie}; ${cookiesOf(said)}`, method: 'POST', body: {} })).body).toMatchObject({ outcome: 'in' })
    expect(await sql`select method from attendance_marks where session_id = ${planned.sessions[0]!}`).toEqual([{ method: 'spoken' }])
  })

  it('is refused beside the field, and after ten tries for a while', async () => {
    const { cookie } = await learner()
    expect(await say('12', cookie)).toMatchObject({ status: 422, body: { code: 'check_in_word_invalid', details: { field: 'word' } } })
    const answers = []
    for (let n = 0; n < 11; n++) answers.push((await say(String(7000 + n), cookie)).status)
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 409), 429])
  })
})
