// The second factor of staff, from setting it up to losing it, and passwords that do not come back.
import { randomUUID } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import type postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, codeSentTo, cookiesOf, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'
import { appCode } from '../fixtures/totp.ts'

const PASSWORD = 'Bamboo-2026-x'
let sql: postgres.Sql
let count = 0
beforeAll(() => { sql = portalSql() })
afterAll(async () => {
  await sql`update public.sign_in_rules set factor_roles = '{}'`
  await sql`delete from identity.limits`
  await sql.end()
})
beforeEach(() => sql`delete from identity.limits`)

/** Somebody who works in the demo region, with a user name and a password. */
async function staff(role = 'manager', unit = 'QJ-YX-01') {
  const username = `factor.${++count}.${randomUUID().slice(0, 6)}`
  const [person] = await sql`insert into public.persons (name, sex, birth_year, residence_unit_id) select '钱口令', 'male', 1980, id from public.units where code = 'QJ-YX-01-01' returning id::integer`
  await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) select ${person!.id}, id, ${role}, private.china_date(now()) from public.units where code = ${unit}`
  const [account] = await sql`insert into identity.accounts (email, username, display_username, person_id) values (${`${username}@accounts.invalid`}, ${username}, ${username}, ${person!.id}) returning id`
  await sql`insert into identity.credentials (account_id, provider_id, provider_account_id, password_hash) values (${account!.id}, 'credential', ${account!.id}, ${await hashPassword(PASSWORD)})`
  return { username, accountId: account!.id as string, personId: person!.id as number }
}
interface Said { code: string, next: string, image: string, secret: string, backupCodes: string[], details: { field?: string } }
const signIn = (username: string, password = PASSWORD) => ask<Said>('/api/identity/staff-session', { method: 'POST', body: { username, password } })
const factor = (cookie: string, body: object) => ask<Said>('/api/desk/second-factor', { method: 'POST', cookie, body })
const second = (cookie: string, code: string, next?: string) => ask<Said>('/api/identity/second-factor', { method: 'POST', cookie, body: { code, next } })

/** Staff with codes turned on. */
async function withFactor(role?: string, unit?: string) {
  const who = await staff(role, unit)
  const cookie = cookiesOf(await signIn(who.username))
  const begun = await factor(cookie, { act: 'begin', password: PASSWORD })
  expect(begun.status).toBe(200)
  // The one before, so that the present one is left for signing in; a half-minute may end in between.
  const confirm = () => factor(cookie, { act: 'confirm', code: appCode(begun.body.secret, -1) })
  let confirmed = await confirm()
  if (confirmed.status === 422) confirmed = await confirm()
  expect(confirmed.status).toBe(200)
  return { ...who, ...begun.body, cookie: cookiesOf(confirmed) }
}

describe('setting up', () => {
  it('wants the password, and is on only after a right code', async () => {
    const who = await staff()
    const cookie = cookiesOf(await signIn(who.username))
    expect(await ask('/api/desk/second-factor', { method: 'POST', body: { act: 'begin', password: PASSWORD } })).toMatchObject({ status: 401 })
    expect(await factor(cookie, { act: 'begin', password: 'wrong' })).toMatchObject({ status: 422, body: { code: 'password_current_wrong', details: { field: 'password' } } })
    expect(await factor(cookie, { act: 'confirm', code: '123456' })).toMatchObject({ status: 409, body: { code: 'second_factor_off' } })
    const { body } = await factor(cookie, { act: 'begin', password: PASSWORD })
    expect(body.image).toMatch(/^data:image\/svg\+xml;base64,/)
    expect(body.backupCodes).toHaveLength(10)
    // Not confirmed yet: the next sign-in asks for nothing.
    expect((await signIn(who.username)).body.next).toBe('/desk')
    const wrong = appCode(body.secret) === '000000' ? '000001' : '000000'
    expect(await factor(cookie, { act: 'confirm', code: wrong })).toMatchObject({ status: 422, body: { code: 'factor_code_wrong', details: { field: 'code' } } })
    const confirmed = await factor(cookie, { act: 'confirm', code: appCode(body.secret) })
    expect(confirmed.status).toBe(200)
    expect((await ask<{ hasFactor: boolean }>('/api/identity/me', { cookie: cookiesOf(confirmed) })).body.hasFactor).toBe(true)
    expect((await ask('/api/identity/me', { cookie })).body).toBeFalsy()
    expect(await factor(cookiesOf(confirmed), { act: 'begin', password: PASSWORD })).toMatchObject({ status: 409, body: { code: 'second_factor_on' } })
    const [stored] = await sql`select secret, backup_codes from identity.second_factors where account_id = ${who.accountId}`
    expect(`${stored!.secret} ${stored!.backup_codes}`).not.toContain(body.secret)
    for (const code of body.backupCodes) expect(stored!.backup_codes).not.toContain(code)
  })

  it('is not for residents, who have no password', async () => {
    expect(await factor(await signedIn(sql, { phone: '13900000001' }), { act: 'begin', password: 'x' })).toMatchObject({ status: 409, body: { code: 'account_without_password' } })
  })
})

describe('signing in', () => {
  it('with the password alone opens nothing', async () => {
    const who = await withFactor()
    const first = await signIn(who.username)
    expect(first).toMatchObject({ status: 200, body: { next: '/sign-in/code?next=%2Fdesk' } })
    const cookie = cookiesOf(first)
    for (const path of ['/api/identity/me', '/api/desk/home']) expect((await ask(path, { cookie })).body).not.toHaveProperty('posts')
    expect((await ask('/api/desk/home', { cookie })).status).toBe(401)
    const done = await second(cookie, appCode(who.secret), '/desk/people')
    expect(done).toMatchObject({ status: 200, body: { next: '/desk/people' } })
    expect((await ask('/api/desk/home', { cookie: cookiesOf(done) })).status).toBe(200)
  })

  it('takes a code once, and none without a challenge of its own', async () => {
    const who = await withFactor()
    const code = appCode(who.secret)
    expect(await second('', code)).toMatchObject({ status: 401, body: { code: 'factor_challenge_over' } })
    expect(await second('linxue.two_factor=2fa-made-up.sig', code)).toMatchObject({ status: 401, body: { code: 'factor_challenge_over' } })
    const [one, other] = [cookiesOf(await signIn(who.username)), cookiesOf(await signIn(who.username))]
    const answers = await Promise.all([second(one, code), second(other, code)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
    expect(answers.find(({ status }) => status === 422)!.body.code).toBe('factor_code_used')
    expect(await second(one, appCode(who.secret, 1))).toMatchObject({ status: 401 })
  })

  it('says of a wrong code that it is wrong however often it is typed, and of a used one that it is used', async () => {
    const who = await withFactor()
    const code = appCode(who.secret)
    const wrong = code === '000000' ? '000001' : '000000'
    const cookie = cookiesOf(await signIn(who.username))
    for (let attempt = 0; attempt < 2; attempt++) expect(await second(cookie, wrong)).toMatchObject({ status: 422, body: { code: 'factor_code_wrong' } })
    expect((await second(cookie, code)).status).toBe(200)
    const again = cookiesOf(await signIn(who.username))
    for (let attempt = 0; attempt < 2; attempt++) expect(await second(again, code)).toMatchObject({ status: 422, body: { code: 'factor_code_used' } })
  })

  it('ends after five wrong codes, and locks the account after ten in a row, also for the right one', async () => {
    const who = await withFactor()
    const wrong = (nth: number) => String((Number(appCode(who.secret)) + 7 * nth + 3) % 1_000_000).padStart(6, '0')
    let nth = 0
    for (let challenge = 0; challenge < 2; challenge++) {
      const cookie = cookiesOf(await signIn(who.username))
      for (let attempt = 0; attempt < 5; attempt++) expect((await second(cookie, wrong(++nth))).body.code).toBe('factor_code_wrong')
      await sql`delete from identity.limits`
      if (challenge === 0) expect(await second(cookie, wrong(++nth))).toMatchObject({ status: 429, body: { code: 'factor_too_many_tries' } })
    }
    const cookie = cookiesOf(await signIn(who.username))
    expect(await second(cookie, appCode(who.secret))).toMatchObject({ status: 429, body: { code: 'factor_locked' } })
    await sql`update identity.second_factors set locked_until = now() - interval '1 second' where account_id = ${who.accountId}`
    expect((await second(cookie, appCode(who.secret, 1))).status).toBe(200)
  })

  it('takes each backup code once, and writes that down', async () => {
    const who = await withFactor()
    const [code] = who.backupCodes as [string]
    expect((await second(cookiesOf(await signIn(who.username)), code)).status).toBe(200)
    expect(await second(cookiesOf(await signIn(who.username)), code)).toMatchObject({ status: 422, body: { code: 'backup_code_wrong', details: { field: 'code' } } })
    expect(await sql`select account_id from public.audit_events where action = 'backup_code_used' and account_id = ${who.accountId}`).toHaveLength(1)
    const { body } = await factor(who.cookie, { act: 'codes', password: PASSWORD })
    expect(body.backupCodes).toHaveLength(10)
    expect((await second(cookiesOf(await signIn(who.username)), who.backupCodes[1]!)).status).toBe(422)
    expect((await second(cookiesOf(await signIn(who.username)), body.backupCodes[1]!)).status).toBe(200)
    // As it is read off paper and typed on whatever keyboard.
    for (const one of body.backupCodes) expect(one).toMatch(/^[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}$/)
    expect((await second(cookiesOf(await signIn(who.username)), body.backupCodes[2]!.toUpperCase().replace('-', ' '))).status).toBe(200)
    const wide = [...body.backupCodes[3]!].map(sign => String.fromCharCode(sign.charCodeAt(0) + 0xFEE0)).join('')
    expect((await second(cookiesOf(await signIn(who.username)), wide)).status).toBe(200)
  })

  it('is somebody’s whose sign-in waits, whoever else is signed in in the same browser', async () => {
    const [other, who] = [await withFactor(), await withFactor()]
    const done = await second(`${cookiesOf(await signIn(who.username))}; ${other.cookie}`, appCode(who.secret))
    expect(done.status).toBe(200)
    expect((await ask<{ username: string }>('/api/identity/me', { cookie: cookiesOf(done) })).body.username).toBe(who.username)
  })

  it('does not outlive the password it began with', async () => {
    const who = await withFactor()
    const waiting = cookiesOf(await signIn(who.username))
    await sql`update identity.credentials set password_hash = ${await hashPassword('Willow-2026-y')} where account_id = ${who.accountId}`
    expect(await second(waiting, appCode(who.secret))).toMatchObject({ status: 401, body: { code: 'factor_challenge_over' } })
  })

  it('by a text message does not go round it', async () => {
    const who = await withFactor()
    const phone = '13711110001'
    await sql`update identity.accounts set phone_lookup = ${lookupOf(phone)} where id = ${who.accountId}`
    await ask('/api/identity/codes', { method: 'POST', body: { phone } })
    const byPhone = (code: string) => ask('/api/identity/phone-session', { method: 'POST', body: { phone, code } })
    // Who has the number alone is not told that it is staff's.
    const code = codeSentTo(phone)
    expect(await byPhone(code === '123456' ? '123457' : '123456')).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
    expect(await byPhone(code)).toMatchObject({ status: 409, body: { code: 'sign_in_as_staff' } })
    expect(await byPhone(code)).toMatchObject({ status: 410 })
  })

  it('by a text message says without scripts, too, where the sign-in is', async () => {
    const who = await withFactor()
    const phone = '13711110003'
    await sql`update identity.accounts set phone_lookup = ${lookupOf(phone)} where id = ${who.accountId}`
    await ask('/api/identity/codes', { method: 'POST', body: { phone } })
    const back = await ask('/api/identity/phone-session', {
      method: 'POST', body: new URLSearchParams({ phone, code: codeSentTo(phone) }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', 'referer': 'http://localhost/sign-in' },
    })
    expect([back.status, back.headers.get('location')]).toEqual([303, '/sign-in'])
    expect((await ask<string>('/sign-in', { cookie: cookiesOf(back) })).body).toContain('这个账号开了动态口令，请到“工作人员登录”用用户名登录。')
  })
})

describe('the page without scripts', () => {
  const form = (cookie: string, fields: Record<string, string>) => ask<string>('/desk/second-factor', { method: 'POST', cookie, body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  const hidden = (page: string) => /name="once" value="([^"]*)"/.exec(page)![1]!.replaceAll('&quot;', '"').replaceAll('&amp;', '&')

  it('keeps image, secret and backup codes over a wrong code, and the backup codes until they are kept', async () => {
    const who = await staff()
    const cookie = cookiesOf(await signIn(who.username))
    const begun = (await form(cookie, { act: 'begin', password: PASSWORD })).body
    const shown = JSON.parse(hidden(begun)) as { image: string, secret: string, backupCodes: string[] }
    expect(shown.backupCodes).toHaveLength(10)
    const wrong = await form(cookie, { act: 'confirm', code: appCode(shown.secret) === '000000' ? '000001' : '000000', once: hidden(begun) })
    expect(wrong.body).toContain('口令不对')
    expect(wrong.body).toContain(`src="${shown.image}"`)
    for (const once of [shown.secret, ...shown.backupCodes]) expect(wrong.body).toContain(`>${once}<`)
    const right = await form(cookie, { act: 'confirm', code: appCode(shown.secret), once: hidden(wrong.body) })
    expect(right.body).toContain('动态口令已开通')
    for (const code of shown.backupCodes) expect(right.body).toContain(`>${code}<`)
    expect(right.body).toContain('我已抄好')
    expect(right.body).not.toContain(shown.secret)
    // Only now is anything else offered again.
    expect(right.body).not.toContain('关闭动态口令')
    const after = (await ask<string>('/desk/second-factor', { cookie: cookiesOf(right) })).body
    expect(after).toContain('关闭动态口令')
    for (const code of shown.backupCodes) expect(after).not.toContain(code)
  })

  it('shows nothing of what somebody else made up', async () => {
    const cookie = cookiesOf(await signIn((await staff()).username))
    const page = (await form(cookie, { act: 'confirm', code: '123456', once: '{"image": "https://example.com/x.svg", "secret": "<b>", "backupCodes": [1]}' })).body
    expect(page).not.toContain('https://example.com')
    expect((await form(cookie, { act: 'confirm', code: '123456', once: '[[' })).status).toBe(200)
  })
})

describe('somebody whom only a text message lets in', () => {
  it('is told at the desk’s door what to do, and can do it', async () => {
    const security = await signedIn(sql, { username: 'security' })
    const [person] = await sql`insert into public.persons (name, sex, birth_year, residence_unit_id) select '钱短信', 'male', 1980, id from public.units where code = 'QJ-YX-01-01' returning id::integer`
    await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) select ${person!.id}, id, 'publisher', private.china_date(now()) from public.units where code = 'QJ-YX-01'`
    await sql`insert into identity.accounts (email, phone_lookup, person_id) values ('only.phone@accounts.invalid', ${lookupOf('13711110004')}, ${person!.id})`
    await ask('/api/desk/posts/rules', { method: 'POST', cookie: security, body: { 'passwordDays': 90, 'passwordsKept': 5, 'role.publisher': 'yes' } })
    await ask('/api/identity/codes', { method: 'POST', body: { phone: '13711110004' } })
    const cookie = cookiesOf(await ask('/api/identity/phone-session', { method: 'POST', body: { phone: '13711110004', code: codeSentTo('13711110004') } }))
    // Whatever is one's own as a resident stays open.
    expect((await ask('/api/credits/passbook', { cookie })).status).toBe(200)
    const door = await ask('/desk/people', { cookie })
    expect([door.status, door.headers.get('location')]).toEqual([302, '/desk/second-factor'])
    const page = (await ask<string>('/desk/second-factor', { cookie })).body
    expect(page).toContain('短信登录进不了工作台')
    expect(page).toContain('href="/sign-in/staff"')
    expect(page).not.toContain('设置好以后才能进工作台')
    expect(await ask('/api/desk/home', { cookie })).toMatchObject({ status: 403, body: { code: 'second_factor_needed', message: expect.stringContaining('用户名') } })
    // What the page sends them to ask for is there: an account with a user name beside the phone's.
    const made = await ask<{ password: string }>(`/api/desk/posts/${person!.id}/account`, { method: 'POST', cookie: security, body: { act: 'create', username: 'only.phone' } })
    expect(made.status).toBe(200)
    expect((await signIn('only.phone', made.body.password)).status).toBe(200)
    await ask('/api/desk/posts/rules', { method: 'POST', cookie: security, body: { passwordDays: 90, passwordsKept: 5 } })
  })
})

it('an old password is changed also by whoever signs in with a text message', async () => {
  const who = await staff()
  const phone = '13711110002'
  await sql`update identity.accounts set phone_lookup = ${lookupOf(phone)}, password_set_at = now() - interval '91 days' where id = ${who.accountId}`
  await sql`update public.sign_in_rules set password_days = 90`
  await ask('/api/identity/codes', { method: 'POST', body: { phone } })
  const answer = await ask('/api/identity/phone-session', { method: 'POST', body: { phone, code: codeSentTo(phone) } })
  expect(answer.status).toBe(200)
  expect(await ask('/api/desk/home', { cookie: cookiesOf(answer) })).toMatchObject({ status: 403, body: { code: 'password_change_needed' } })
})

describe('turning off', () => {
  it('wants password and code, and the next sign-in asks for nothing more', async () => {
    const who = await withFactor()
    expect(await factor(who.cookie, { act: 'end', password: PASSWORD, code: '000000' })).toMatchObject({ status: 422, body: { code: 'factor_code_wrong' } })
    expect(await factor(who.cookie, { act: 'end', password: 'wrong', code: appCode(who.secret) })).toMatchObject({ status: 422, body: { code: 'password_current_wrong' } })
    // The code was not used up by the mistyped password; and whoever else was signed in is not any more.
    const other = cookiesOf(await second(cookiesOf(await signIn(who.username)), appCode(who.secret, 1)))
    const ended = await factor(who.cookie, { act: 'end', password: PASSWORD, code: appCode(who.secret) })
    expect(ended.status).toBe(200)
    expect((await ask('/api/identity/me', { cookie: other })).status).toBe(204)
    expect(await factor(cookiesOf(ended), { act: 'end', password: PASSWORD, code: '123456' })).toMatchObject({ status: 409, body: { code: 'second_factor_off' } })
    expect((await signIn(who.username)).body.next).toBe('/desk')
  })

  it('by the security administrator is a reset, with a log', async () => {
    const who = await withFactor()
    const reset = (cookie: string) => ask(`/api/desk/posts/${who.personId}/account`, { method: 'POST', cookie, body: { act: 'reset_factor' } })
    expect((await reset(await signedIn(sql, { username: 'qingxi' }))).status).toBe(403)
    const security = await signedIn(sql, { username: 'security' })
    expect((await ask<{ account: { hasFactor: boolean } }>(`/api/desk/posts/${who.personId}`, { cookie: security })).body.account.hasFactor).toBe(true)
    expect((await reset(security)).status).toBe(200)
    expect((await signIn(who.username)).body.next).toBe('/desk')
    expect(await sql`select action from public.audit_events where subject_id = ${String(who.personId)} and action = 'second_factor_reset'`).toHaveLength(1)
  })
})

describe('the rules', () => {
  it('close the desk until a factor is set up', async () => {
    const security = await signedIn(sql, { username: 'security' })
    const save = (cookie: string, body: object) => ask('/api/desk/posts/rules', { method: 'POST', cookie, body })
    expect((await save(await signedIn(sql, { username: 'city' }), { passwordDays: 90, passwordsKept: 5 })).status).toBe(403)
    expect(await save(security, { passwordDays: 7, passwordsKept: 5 })).toMatchObject({ status: 422, body: { code: 'password_days_invalid', details: { field: 'passwordDays' } } })
    expect((await save(security, { 'passwordDays': 90, 'passwordsKept': 5, 'role.publisher': 'yes' })).status).toBe(200)
    const who = await staff('publisher')
    const cookie = cookiesOf(await signIn(who.username))
    expect(await ask('/api/desk/home', { cookie })).toMatchObject({ status: 403, body: { code: 'second_factor_needed' } })
    const page = await ask<string>('/desk', { cookie })
    expect([page.status, page.headers.get('location')]).toEqual([302, '/desk/second-factor'])
    expect((await ask<string>('/desk/second-factor', { cookie })).body).toContain('您的岗位必须用动态口令')
    const { body } = await factor(cookie, { act: 'begin', password: PASSWORD })
    const confirmed = await factor(cookie, { act: 'confirm', code: appCode(body.secret) })
    expect((await ask('/api/desk/home', { cookie: cookiesOf(confirmed) })).status).toBe(200)
    await save(security, { passwordDays: 90, passwordsKept: 5 })
  })

  it('have an old password changed at sign-in, and no password of late taken again', async () => {
    const who = await staff()
    await sql`update identity.accounts set password_set_at = now() - interval '91 days' where id = ${who.accountId}`
    await sql`update public.sign_in_rules set password_days = 90`
    const cookie = cookiesOf(await signIn(who.username))
    expect(await ask('/api/desk/home', { cookie })).toMatchObject({ status: 403, body: { code: 'password_change_needed' } })
    expect((await ask<string>('/desk/password', { cookie })).body).toContain('您的密码用得太久了')
    // Nor does it open anything of one's own.
    for (const path of ['/api/learning/my', '/api/credits/passbook']) expect(await ask(path, { cookie })).toMatchObject({ status: 403, body: { code: 'password_change_needed' } })
    expect(await factor(cookie, { act: 'begin', password: PASSWORD })).toMatchObject({ status: 403, body: { code: 'password_change_needed' } })
    const mine = await ask<string>('/my', { cookie })
    expect([mine.status, mine.headers.get('location')]).toEqual([302, '/desk/password'])
    const change = (current: string, password: string) => ask('/api/desk/password', { method: 'POST', cookie, body: { current, password, again: password } })
    expect((await change(PASSWORD, 'Willow-2026-y')).status).toBe(200)
    expect(await change('Willow-2026-y', PASSWORD)).toMatchObject({ status: 422, body: { code: 'password_used_before', details: { field: 'password' } } })
    expect((await ask('/api/desk/home', { cookie })).status).toBe(200)
  })
})
