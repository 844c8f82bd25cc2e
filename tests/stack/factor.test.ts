// The operator's way back in for a security administrator who lost phone and backup codes, whether the portal runs or not.
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { findDatabase } from '../../stack/find-database.ts'
import { preparedFolder, root, run } from '../fixtures/launcher.ts'

const dataDir = await preparedFolder('library')
const reset = (args: string[], env: Record<string, string> = {}) => run('stack/reset-factor.ts', args, { LINXUE_DATA_DIR: dataDir, ...env })

/** The folder's database, as beside a portal that runs. */
async function look<T>(test: (sql: postgres.Sql, url: string) => Promise<T>): Promise<T> {
  const before = { ...process.env }
  for (const name of ['DATABASE_URL', 'LINXUE_DATA_KEY']) Reflect.deleteProperty(process.env, name)
  process.env.LINXUE_DATA_DIR = dataDir
  const database = await findDatabase(root, () => undefined)
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined })
  try { return await test(sql, database.url) }
  finally {
    await sql.end()
    await database.close()
    process.env = before
  }
}

async function makeSecurity(sql: postgres.Sql): Promise<string> {
  const [unit] = await sql`insert into public.units (code, kind_id, level, name, area) values ('QJ', 'administration', 'city', '清江市', 'rural') returning id`
  const [person] = await sql`insert into public.persons (name, residence_unit_id) values ('钱安全', ${unit!.id}) returning id`
  await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) values (${person!.id}, ${unit!.id}, 'security_admin', private.china_date(now()))`
  const [account] = await sql`insert into identity.accounts (email, username, person_id) values ('security@accounts.invalid', 'security', ${person!.id}) returning id`
  return account!.id as string
}

async function turnOn(sql: postgres.Sql, account: string): Promise<void> {
  await sql`insert into identity.second_factors (account_id, secret, backup_codes) values (${account}, 'x', 'x')`
  await sql`update identity.accounts set second_factor = true where id = ${account}`
  await sql`insert into identity.sessions (account_id, token, expires_at) values (${account}, ${randomUUID()}, now() + interval '1 day')`
}

const left = (sql: postgres.Sql, account: string) => sql`select second_factor, must_set_factor, (select count(*)::integer from identity.second_factors where account_id = account.id) as factors,
  (select count(*)::integer from identity.sessions where account_id = account.id) as sessions from identity.accounts account where id = ${account}`

it('takes the factor and every session of the account that is named, with a line in the audit log; nobody else’s', async () => {
  const account = await look(async (sql) => {
    const id = await makeSecurity(sql)
    await sql`update public.sign_in_rules set factor_roles = '{security_admin}'`
    await turnOn(sql, id)
    return id
  })
  for (const [args, said] of [[[], 'Say whose'], [['nobody.here'], 'Nobody has this user name']] as const) {
    const refused = reset([...args])
    expect(await refused.code).toBe(1)
    expect(refused.output()).toContain(said)
  }
  await look(async sql => expect(await left(sql, account)).toEqual([{ second_factor: true, must_set_factor: false, factors: 1, sessions: 1 }]))

  const done = reset(['Security'])
  expect(await done.code, done.output()).toBe(0)
  await look(async (sql, url) => {
    // Owed anew: the desk stays shut until it is set up again.
    expect(await left(sql, account)).toEqual([{ second_factor: false, must_set_factor: true, factors: 0, sessions: 0 }])
    const log = () => sql`select account_id, action, subject_kind, unit_id is not null as "isSeen" from public.audit_events where action in ('second_factor_reset', 'second_factor_ended')`
    expect(await log()).toEqual([{ account_id: null, action: 'second_factor_reset', subject_kind: 'person', isSeen: true }])

    const again = reset(['security'], { DATABASE_URL: url })
    expect(await again.code).toBe(1)
    expect(again.output()).toContain('security has no second factor')
    await turnOn(sql, account)
    const beside = reset(['security'], { DATABASE_URL: url })
    expect(await beside.code, beside.output()).toBe(0)
    expect(await left(sql, account)).toEqual([{ second_factor: false, must_set_factor: true, factors: 0, sessions: 0 }])
    expect(await log()).toHaveLength(2)
  })
})
