import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { ask, codeSentTo, cookiesOf, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
beforeAll(() => { sql = portalSql() })
afterAll(() => sql.end())

// Each test has a number of its own, so that limits of one do not touch another.
let last = 0
const freshPhone = () => `1370000${String(++last).padStart(4, '0')}`
const requestCode = (phone: string) => ask('/api/identity/codes', { method: 'POST', body: { phone } })
const signIn = (phone: string, code: string) => ask<{ code: string, next?: string, details: Record<string, unknown> }>('/api/identity/phone-session', { method: 'POST', body: { phone, code } })

describe('a one-time code', () => {
  it('signs a new number in, with a cookie that scripts cannot read', async () => {
    const phone = freshPhone()
    expect((await requestCode(phone)).status).toBe(200)
    const answer = await signIn(phone, codeSentTo(phone))
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/)
    const me = await ask<{ person: null, phoneTail: string }>('/api/identity/me', { cookie: cookiesOf(answer) })
    expect(me.body).toMatchObject({ person: null, phoneTail: phone.slice(-4) })
  })

  it('is refused when wrong, after five wrong tries even when right', async () => {
    const phone = freshPhone()
    await requestCode(phone)
    const right = codeSentTo(phone)
    const wrong = right === '000000' ? '000001' : '000000'
    for (let attempt = 0; attempt < 5; attempt++) expect(await signIn(phone, wrong)).toMatchObject({ status: 422, body: { code: 'code_wrong', details: { field: 'code' } } })
    expect(await signIn(phone, right)).toMatchObject({ status: 410, body: { code: 'code_too_many_tries' } })
  })

  it('counts wrong tries made at the same time one by one', async () => {
    const phone = freshPhone()
    await requestCode(phone)
    const right = codeSentTo(phone)
    const wrong = Array.from({ length: 9 }, (_, index) => String((Number(right) + index + 1) % 1_000_000).padStart(6, '0'))
    const answers = await Promise.all(wrong.map(code => signIn(phone, code)))
    expect(answers.filter(({ body }) => body.code === 'code_wrong')).toHaveLength(5)
    expect((await signIn(phone, right)).status).not.toBe(200)
  })

  it('is used once', async () => {
    const phone = freshPhone()
    await requestCode(phone)
    const code = codeSentTo(phone)
    expect((await signIn(phone, code)).status).toBe(200)
    expect(await signIn(phone, code)).toMatchObject({ status: 410, body: { code: 'code_expired' } })
  })

  it('expires after five minutes', async () => {
    const phone = freshPhone()
    await requestCode(phone)
    await sql`update identity.codes set expires_at = expires_at - interval '5 minutes 1 second' where phone_lookup = ${lookupOf(phone)}`
    expect(await signIn(phone, codeSentTo(phone))).toMatchObject({ status: 410, body: { code: 'code_expired' } })
  })

  it('is sent again only after 60 seconds, and five times an hour', async () => {
    const phone = freshPhone()
    await requestCode(phone)
    const tooSoon = await requestCode(phone)
    expect(tooSoon).toMatchObject({ status: 429, body: { code: 'code_too_soon' } })
    expect(Number(tooSoon.headers.get('retry-after'))).toBeGreaterThan(50)
    for (let sent = 1; sent < 5; sent++) {
      await sql`update identity.codes set sent_at = sent_at - interval '61 seconds' where phone_lookup = ${lookupOf(phone)}`
      expect((await requestCode(phone)).status).toBe(200)
    }
    await sql`update identity.codes set sent_at = sent_at - interval '61 seconds' where phone_lookup = ${lookupOf(phone)}`
    expect(await requestCode(phone)).toMatchObject({ status: 429, body: { code: 'code_limit_number' } })
    await sql`delete from identity.limits where key like 'code:%'`
  })

  it('is limited for one address, whatever the numbers', async () => {
    await sql`delete from identity.limits where key like 'code:address:%'`
    const answers = []
    for (let sent = 0; sent < 41; sent++) answers.push(await requestCode(`1360000${String(sent).padStart(4, '0')}`))
    expect(answers.slice(0, 40).every(({ status }) => status === 200)).toBe(true)
    expect(answers[40]).toMatchObject({ status: 429, body: { code: 'code_limit_address' } })
    await sql`delete from identity.limits where key like 'code:%'`
  })

  it('is stored as a hash only', async () => {
    const phone = freshPhone()
    const [before] = await sql`select count(*) from identity.verifications`
    await requestCode(phone)
    const rows = await sql`select * from identity.codes where phone_lookup = ${lookupOf(phone)}`
    expect(JSON.stringify(rows)).not.toContain(codeSentTo(phone))
    expect(await sql`select count(*) from identity.verifications`).toEqual([before])
  })

  it.each(['12345', '139000000011', '23900000001', 'abc', ''])('is not sent to %j', async (phone) => {
    expect(await requestCode(phone)).toMatchObject({ status: 422, body: { code: 'phone_invalid', details: { field: 'phone' } } })
  })
})

describe('a staff password', () => {
  it('opens the desk', async () => {
    const answer = await ask<{ next: string }>('/api/identity/staff-session', { method: 'POST', body: { username: 'Qingxi', password: 'Linxue-2026' } })
    expect(answer).toMatchObject({ status: 200, body: { next: '/desk' } })
    const me = await ask<{ posts: { role: string }[] }>('/api/identity/me', { cookie: cookiesOf(answer) })
    expect(me.body.posts[0]).toMatchObject({ role: 'manager' })
  })

  it('gives the same answer for a wrong password and an unknown name', async () => {
    const wrong = await ask('/api/identity/staff-session', { method: 'POST', body: { username: 'qingxi', password: 'not-this-one' } })
    const unknown = await ask('/api/identity/staff-session', { method: 'POST', body: { username: 'nobody', password: 'not-this-one' } })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'password_wrong' } })
    expect(unknown).toMatchObject({ status: 401, body: wrong.body })
    expect(unknown.headers.getSetCookie()).toEqual(wrong.headers.getSetCookie())
    await sql`delete from identity.limits`
  })

  it('takes as long to refuse for an unknown name, and locks both alike', async () => {
    const taken: Record<'qingxi' | 'nobody', number[]> = { qingxi: [], nobody: [] }
    const tryOnce = (username: string) => ask('/api/identity/staff-session', { method: 'POST', body: { username, password: 'not-this-one' } })
    // In turns, so that a busy moment of the machine slows both.
    for (let round = 0; round < 12; round++) {
      if (round % 4 === 0) await sql`delete from identity.limits`
      for (const username of ['qingxi', 'nobody'] as const) {
        const began = performance.now()
        expect((await tryOnce(username)).status).toBe(401)
        taken[username].push(performance.now() - began)
      }
    }
    const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length / 2]!
    const ratio = median(taken.nobody) / median(taken.qingxi)
    expect(ratio, JSON.stringify(taken)).toBeGreaterThan(0.6)
    expect(ratio, JSON.stringify(taken)).toBeLessThan(1.7)
    const lockedBy = async (username: string) => {
      for (let attempt = 0; attempt < 5; attempt++) await tryOnce(username)
      const { status, body } = await tryOnce(username)
      return { status, code: body.code }
    }
    await sql`delete from identity.limits`
    expect(await lockedBy('nobody')).toEqual(await lockedBy('qingxi'))
    await sql`delete from identity.limits`
  })

  it('locks the name after five wrong ones, where they came from', async () => {
    const tryOnce = () => ask('/api/identity/staff-session', { method: 'POST', body: { username: 'somebody', password: 'wrong' } })
    for (let attempt = 0; attempt < 5; attempt++) expect((await tryOnce()).status).toBe(401)
    expect(await tryOnce()).toMatchObject({ status: 429, body: { code: 'account_locked' } })
    await sql`delete from identity.limits`
  })
})

describe('a session', () => {
  it('has one cookie: its bytes written otherwise, cut, or signed by somebody else, are nobody’s', async () => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(await signedIn(sql, { username: 'qingxi' }))!
    const whole = decodeURIComponent(value!)
    const known = async (text: string) => (await ask('/api/signups', { cookie: `${name}=${encodeURIComponent(text)}` })).status
    expect(await known(whole)).toBe(200)
    for (const other of [whole.replace(/=+$/, ''), `${whole} `, whole.replace('.', '.='), `${whole.slice(0, -3)}AA=`, whole.split('.')[0]!, `.${whole.split('.')[1]}`, `x${whole}`]) expect(await known(other), other).toBe(401)
  })

  it('ends when it is deleted, and its cookie is worth nothing after signing out', async () => {
    const cookie = await signedIn(sql, { phone: '13900000002' })
    expect((await ask('/api/identity/me', { cookie })).body).not.toBeNull()
    expect((await ask('/api/identity/sign-out', { method: 'POST', cookie, body: {} })).status).toBe(200)
    expect((await ask('/api/identity/me', { cookie })).body).toBeFalsy()
  })

  it('with a forged signature is nobody\'s', async () => {
    const cookie = (await signedIn(sql, { phone: '13900000002' })).replace(/%3D$/, 'A%3D').replace(/\.(.)/, (_, first: string) => `.${first === 'a' ? 'b' : 'a'}`)
    expect((await ask('/api/identity/me', { cookie })).body).toBeFalsy()
  })

  it('of staff ends after 30 idle minutes, of a disabled account at once', async () => {
    const idle = await signedIn(sql, { username: 'inspector' })
    await sql`update identity.sessions set updated_at = now() - interval '31 minutes' where account_id = (select id from identity.accounts where username = 'inspector')`
    expect((await ask('/api/identity/me', { cookie: idle })).body).toBeFalsy()
    const disabled = await signedIn(sql, { username: 'teacher' })
    await sql`update identity.accounts set disabled_at = now() where username = 'teacher'`
    expect((await ask('/api/identity/me', { cookie: disabled })).body).toBeFalsy()
    await sql`update identity.accounts set disabled_at = null where username = 'teacher'`
  })
})

describe('an introduction', () => {
  const introduce = (cookie: string, body: Record<string, unknown>) => ask('/api/identity/introduction', { method: 'POST', cookie, body })

  it('makes a person of an account, once', async () => {
    const phone = freshPhone()
    await requestCode(phone)
    const cookie = cookiesOf(await signIn(phone, codeSentTo(phone)))
    const [village] = await sql`select id from units where level = 'village' and kind_id = 'administration' and closed_on is null limit 1`
    const whole = { name: '赵小满', sex: 'female', birthYear: 1960, residenceUnitId: village!.id }
    expect(await introduce(cookie, { ...whole, name: '' })).toMatchObject({ status: 422, body: { code: 'name_invalid', details: { field: 'name' } } })
    expect(await introduce(cookie, { ...whole, birthYear: 2090 })).toMatchObject({ status: 422, body: { code: 'birth_year_invalid' } })
    expect(await introduce(cookie, { ...whole, birthYear: new Date().getFullYear() - 10 })).toMatchObject({ status: 422, body: { code: 'guardian_needed' } })
    expect(await introduce(cookie, { ...whole, residenceUnitId: 1 })).toMatchObject({ status: 422, body: { code: 'residence_invalid' } })
    expect((await introduce(cookie, whole)).status).toBe(200)
    expect(await introduce(cookie, whole)).toMatchObject({ status: 409, body: { code: 'already_introduced' } })
  })
})

describe('a form without scripts', () => {
  const post = (path: string, fields: Record<string, string>, referer: string) => ask(path, {
    method: 'POST', body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', referer },
  })

  it('comes back with what was typed, but never with the password', async () => {
    const answer = await post('/api/identity/staff-session', { username: 'qingxi', password: 'wrong-password' }, 'http://localhost/sign-in/staff?next=%2Fdesk')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/sign-in/staff?next=%2Fdesk')
    const flash = JSON.parse(Buffer.from(/flash=([^;]+)/.exec(answer.headers.getSetCookie().join())![1]!, 'base64url').toString()) as Record<string, unknown>
    expect(flash).toEqual({ code: 'password_wrong', message: '用户名或密码不对。', messages: { password: '用户名或密码不对。' }, details: { field: 'password' }, typed: { username: 'qingxi' } })
  })

  it.each(['https://elsewhere.example/x', '//elsewhere.example', '/\\elsewhere.example'])('never sends anybody to %j', async (next) => {
    const answer = await post('/api/identity/staff-session', { username: 'city', password: 'Linxue-2026', next }, '/')
    expect(answer.status).toBe(303)
    expect(new URL(answer.headers.get('location')!, 'http://localhost').host).toBe('localhost')
  })
})
