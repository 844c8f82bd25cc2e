// What staff owe before the desk opens: a second factor where a role demands one, a new password when it is old.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type As, makeNetwork, makePerson, makeStaff, pool, type Sql, withRollback } from '../fixtures/database.ts'

const paths = (sql: Sql) => sql`select cardinality(private.my_unit_paths('desk')) as paths`
const rules = (sql: Sql, roles: string[], { days = 90, kept = 5 } = {}) => sql`select public.change_sign_in_rules(${roles}, ${days}, ${kept})`

describe('the rules of signing in', () => {
  it('are the region’s security administrator’s alone, and within bounds', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const security = await makeStaff(sql, places.city, places.willow, 'security_admin')
    for (const [unit, role] of [[places.county, 'security_admin'], [places.city, 'system_admin'], [places.city, 'head']] as const)
      await expect(as((await makeStaff(sql, unit, places.willow, role)).account, inner => rules(inner, []))).rejects.toMatchObject({ code: 'PT403' })
    await expect(as(security.account, inner => rules(inner, ['no_such_role']))).rejects.toMatchObject({ message: 'post_role_unknown' })
    await expect(as(security.account, inner => rules(inner, [], { days: 5 }))).rejects.toMatchObject({ message: 'password_days_invalid' })
    await expect(as(security.account, inner => rules(inner, [], { kept: 0 }))).rejects.toMatchObject({ message: 'passwords_kept_invalid' })
    await as(security.account, inner => rules(inner, ['system_admin', 'system_admin'], { days: 0 }))
    expect(await sql`select factor_roles, password_days from public.sign_in_rules`).toEqual([{ factor_roles: ['system_admin'], password_days: 0 }])
    const manager = await makeStaff(sql, places.township, places.willow, 'manager')
    expect(await as(manager.account, inner => inner`select * from public.sign_in_rules`)).toEqual([])
    expect(await as(security.account, inner => inner`select passwords_kept from public.sign_in_rules`)).toEqual([{ passwords_kept: 5 }])
  }))

  it('close the desk to whoever owes a second factor, until it is set up, by whatever way the post came', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const security = await makeStaff(sql, places.city, places.willow, 'security_admin')
    const head = await makeStaff(sql, places.county, places.willow, 'head')
    const sees = async (who: { account: string }) => ((await as(who.account, paths))[0]!.paths as number) > 0
    await as(security.account, inner => rules(inner, ['head']))
    expect([await sees(head), await sees(security)]).toEqual([false, true])
    await sql`set local role identity_server`
    await sql`update identity.accounts set second_factor = true where id = ${head.account}`
    await sql`reset role`
    expect(await sees(head)).toBe(true)
    expect(await sql`select account_id from public.audit_events where action = 'second_factor_set' and account_id = ${head.account}`).toHaveLength(1)
    const later = await makeStaff(sql, places.township, places.willow, 'manager')
    expect(await sees(later)).toBe(true)
    await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) values (${later.id}, ${places.township}, 'head', private.china_date(now()))`
    expect(await sees(later)).toBe(false)
    await as(security.account, inner => rules(inner, []))
    expect(await sees(later)).toBe(true)
  }))
})

describe('a second factor that a post asks for', () => {
  const owes = async (sql: Sql, account: string) => (await sql`select must_set_factor from identity.accounts where id = ${account}`)[0]!.must_set_factor as boolean
  const paths = async (as: As, account: string) => ((await as(account, inner => inner`select cardinality(private.my_unit_paths('desk')) as paths`))[0]!.paths as number) > 0

  it('is owed by an account that only a text message opens', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const head = await makeStaff(sql, places.county, places.willow, 'head')
    await sql`update identity.accounts set username = null, phone_lookup = ${'a1'.repeat(32)} where id = ${head.account}`
    await sql`update public.sign_in_rules set factor_roles = '{head}'`
    await sql`select identity.begin_session(${head.account})`
    expect([await owes(sql, head.account), await paths(as, head.account)]).toEqual([true, false])
  }))

  it('is owed by every account of one person: a merge brings the duty, and taking it back takes it away', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const head = await makeStaff(sql, places.county, places.willow, 'head')
    const other = await makePerson(sql, places.willow)
    await sql`update identity.accounts set username = null, phone_lookup = ${'b2'.repeat(32)} where id = ${other.account}`
    const hasFactor = async () => (await sql`select identity.phone_has_factor(${'b2'.repeat(32)}) as one`)[0]!.one
    await sql`update identity.accounts set second_factor = true where id = ${head.account}`
    expect([await owes(sql, other.account), await hasFactor()]).toEqual([false, false])
    await sql`update public.persons set counts_as = ${head.id}, merged_into = ${head.id} where id = ${other.id}`
    expect([await owes(sql, other.account), await paths(as, other.account), await paths(as, head.account), await hasFactor()]).toEqual([true, false, true, true])
    await sql`update identity.accounts set second_factor = false where id = ${head.account}`
    expect([await owes(sql, other.account), await paths(as, other.account), await hasFactor()]).toEqual([false, true, false])
    await sql`update identity.accounts set second_factor = true where id = ${head.account}`
    await sql`update public.persons set counts_as = null, merged_into = null where id = ${other.id}`
    expect([await owes(sql, other.account), await hasFactor()]).toEqual([false, false])
  }))
})

describe('somebody’s second factor', () => {
  it('is given up by themselves, or reset by nobody where the database itself was written to', () => withRollback(async (sql) => {
    const places = await makeNetwork(sql)
    const [own, taken] = [await makeStaff(sql, places.county, places.willow, 'head'), await makeStaff(sql, places.city, places.willow, 'security_admin')]
    await sql`update identity.accounts set second_factor = true where id in ${sql([own.account, taken.account])}`
    await sql`set local role identity_server`
    await sql`update identity.accounts set second_factor = false where id = ${own.account}`
    await sql`reset role`
    await sql`update identity.accounts set second_factor = false where id = ${taken.account}`
    expect(await sql`select account_id, action, subject_id, unit_id from public.audit_events where action in ('second_factor_ended', 'second_factor_reset') order by id desc limit 2`).toEqual([
      { account_id: null, action: 'second_factor_reset', subject_id: String(taken.id), unit_id: places.city },
      { account_id: own.account, action: 'second_factor_ended', subject_id: String(own.id), unit_id: places.county },
    ])
  }))

  it('is taken away only by whoever looks after the account, never one’s own, and with every session', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const security = await makeStaff(sql, places.city, places.willow, 'security_admin')
    const head = await makeStaff(sql, places.county, places.willow, 'head')
    const reset = (who: { account: string }, of: { id: number }) => as(who.account, inner => inner`select public.reset_second_factor(${of.id})`)
    await expect(reset(security, head)).rejects.toMatchObject({ message: 'second_factor_off' })
    await sql`update identity.accounts set second_factor = true where id in ${sql([head.account, security.account])}`
    await sql`insert into identity.second_factors (account_id, secret, backup_codes) values (${head.account}, 'x', 'x')`
    await sql`insert into identity.sessions (account_id, token, expires_at) values (${head.account}, ${`t-${head.account}`}, now() + interval '1 day')`
    await expect(reset(head, head)).rejects.toMatchObject({ code: 'PT403' })
    await expect(reset(security, security)).rejects.toMatchObject({ message: 'account_own' })
    await reset(security, head)
    expect(await sql`select second_factor, (select count(*)::integer from identity.second_factors factor where factor.account_id = account.id) as factors,
      (select count(*)::integer from identity.sessions session where session.account_id = account.id) as sessions from identity.accounts account where id = ${head.account}`)
      .toEqual([{ second_factor: false, factors: 0, sessions: 0 }])
    expect(await sql`select account_id from public.audit_events where action in ('second_factor_reset', 'second_factor_ended') and subject_id = ${String(head.id)}`).toEqual([{ account_id: security.account }])
  }))

  it('goes with its secret, its sessions and the sign-ins that wait, whatever is cut off after the account was written', () => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const security = await makeStaff(sql, places.city, places.willow, 'security_admin')
    const head = await makeStaff(sql, places.county, places.willow, 'head')
    const left = async () => (await sql`select (select count(*)::integer from identity.second_factors where account_id = ${head.account}) as factors,
      (select count(*)::integer from identity.sessions where account_id = ${head.account}) as sessions, (select count(*)::integer from identity.verifications where value = ${head.account}) as waiting`)[0]
    const signedIn = async () => {
      await sql`insert into identity.sessions (account_id, token, expires_at) values (${head.account}, ${randomUUID()}, now() + interval '1 day')`
      await sql`insert into identity.verifications (identifier, value, expires_at) values (${randomUUID()}, ${head.account}, now() + interval '1 day')`
    }
    await sql`insert into identity.second_factors (account_id, secret, backup_codes, verified) values (${head.account}, 'x', 'x', false)`
    await signedIn()
    await sql`update identity.accounts set second_factor = true where id = ${head.account}`
    expect(await sql`select verified from identity.second_factors where account_id = ${head.account}`).toEqual([{ verified: true }])
    expect(await left()).toEqual({ factors: 1, sessions: 0, waiting: 0 })
    await signedIn()
    await sql`update identity.accounts set second_factor = false where id = ${head.account}`
    expect(await left()).toEqual({ factors: 0, sessions: 0, waiting: 0 })
    // A secret without its flag is taken away too.
    await sql`insert into identity.second_factors (account_id, secret, backup_codes) values (${head.account}, 'x', 'x')`
    await as(security.account, inner => inner`select public.reset_second_factor(${head.id})`)
    expect(await left()).toEqual({ factors: 0, sessions: 0, waiting: 0 })
    await sql`insert into identity.credentials (account_id, provider_id, provider_account_id, password_hash) values (${head.account}, 'credential', ${head.account}, 'hash-0')`
    await signedIn()
    await sql`update identity.credentials set password_hash = 'hash-1' where account_id = ${head.account}`
    expect(await left()).toEqual({ factors: 0, sessions: 1, waiting: 0 })
    for (const act of [(inner: Sql) => inner`select public.end_sessions(${head.id})`, (inner: Sql) => inner`select public.disable_account(${head.id}, true)`]) {
      await signedIn()
      await as(security.account, act)
      expect(await left()).toEqual({ factors: 0, sessions: 0, waiting: 0 })
    }
  }))

  it('and old passwords are closed to API roles', async () => {
    for (const role of ['anon', 'authenticated', 'job_server'])
      expect(await pool`select has_table_privilege(${role}, 'identity.second_factors', 'select') as one, has_table_privilege(${role}, 'identity.old_passwords', 'select') as two,
        has_function_privilege(${role}, 'identity.passwords_before(uuid)', 'execute') as three`).toEqual([{ one: false, two: false, three: false }])
  })
})

describe('a password', () => {
  const begin = (sql: Sql, username: string) => sql`select identity.begin_session(id) from identity.accounts where username = ${username}`
  const due = async (sql: Sql, account: string) => (await sql`select must_change_password, must_change_because from identity.accounts where id = ${account}`)[0]
  async function withPassword(sql: Sql, account: string) {
    await sql`insert into identity.credentials (account_id, provider_id, provider_account_id, password_hash) values (${account}, 'credential', ${account}, 'hash-0')`
    return (await sql`select username from identity.accounts where id = ${account}`)[0]!.username as string
  }

  it('that is too old is changed at the next sign-in, if the rules say so', () => withRollback(async (sql) => {
    const places = await makeNetwork(sql)
    const { account } = await makeStaff(sql, places.county, places.willow, 'head')
    const username = await withPassword(sql, account)
    await sql`update identity.accounts set password_set_at = now() - interval '89 days' where id = ${account}`
    await begin(sql, username)
    expect(await due(sql, account)).toEqual({ must_change_password: false, must_change_because: null })
    await sql`update identity.accounts set password_set_at = now() - interval '91 days' where id = ${account}`
    await sql`update public.sign_in_rules set password_days = 0`
    await begin(sql, username)
    expect(await due(sql, account)).toMatchObject({ must_change_password: false })
    await sql`update public.sign_in_rules set password_days = 90`
    await begin(sql, username)
    expect(await due(sql, account)).toEqual({ must_change_password: true, must_change_because: 'age' })
    await sql`update identity.credentials set password_hash = 'hash-1' where account_id = ${account}`
    await sql`update identity.accounts set must_change_password = false where id = ${account}`
    await begin(sql, username)
    expect(await due(sql, account)).toEqual({ must_change_password: false, must_change_because: null })
  }))

  it('is remembered as long as the rules ask, and no longer than they could', () => withRollback(async (sql) => {
    const places = await makeNetwork(sql)
    const { account } = await makeStaff(sql, places.county, places.willow, 'head')
    await withPassword(sql, account)
    for (let nth = 1; nth <= 30; nth++) await sql`update identity.credentials set password_hash = ${`hash-${nth}`} where account_id = ${account}`
    const before = async () => (await sql`select hash from identity.passwords_before(${account}) hash`).map(row => row.hash)
    expect(await before()).toEqual(['hash-30', 'hash-29', 'hash-28', 'hash-27', 'hash-26'])
    await sql`update public.sign_in_rules set passwords_kept = 24`
    expect(await before()).toHaveLength(24)
    expect(await sql`select count(*)::integer from identity.old_passwords where account_id = ${account}`).toEqual([{ count: 24 }])
  }))
})
