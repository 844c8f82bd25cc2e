// Nobody writes into the ledger but its own functions, and no learner sees another's. Every role tries everything.
import { describe, expect, it } from 'vitest'
import { makeNetwork, makePerson, pool, withRollback } from '../fixtures/database.ts'

const ROLES = ['anon', 'authenticated', 'service_role', 'job_server'] as const
const tables = (await pool`
  select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'p') and nspname in ('public', 'private') and relname like 'credit\\_%' order by 1`).map(row => row.name as string)

describe.each(ROLES)('%s', (role) => {
  it.each(tables)('inserts, updates, deletes and empties nothing in %s', table => withRollback(async (sql) => {
    const [column] = await sql`
      select quote_ident(attname) as name from pg_attribute
      where attrelid = ${table}::regclass and attnum > 0 and attgenerated = '' and attidentity = '' order by attnum limit 1`
    await sql.unsafe(`set local role ${role}`)
    for (const statement of [
      `insert into ${table} default values`, `update ${table} set ${column!.name} = ${column!.name}`, `delete from ${table}`, `truncate ${table} cascade`,
    ]) await expect(sql.savepoint(inner => inner.unsafe(statement)), statement).rejects.toMatchObject({ code: '42501' })
  }))
})

it.each(ROLES.filter(role => role !== 'job_server'))('%s calls none of the functions that post', role => withRollback(async (sql) => {
  const mei = await makePerson(sql, (await makeNetwork(sql)).willow)
  await sql.unsafe(`set local role ${role}`)
  for (const call of [
    `private.award_credit('key', 1, 'lesson_completed', 10)`, `private.post_credit('key', 1, 'lesson_completed', 10)`, `private.reverse_credit(1, 'because')`,
    `private.apply_credit('key', ${mei.id}, 10)`, `private.withdraw_credit(1, 'because')`, `private.hold_credit_chain(${mei.id})`,
    `private.move_credit(1, 1, 1, 2, 10)`, `private.credit_account(${mei.id}, null, 'credits', 'available')`,
  ]) await expect(sql.savepoint(inner => inner.unsafe(`select ${call}`)), call).rejects.toMatchObject({ code: '42501' })
}))

it('no function that posts is open to anybody: whoever may call one in schema private has it by name', async () => {
  const open = await pool`
    select proname, grantee::regrole::text as grantee from pg_proc
    cross join aclexplode(coalesce(proacl, acldefault('f', proowner))) as access
    where pronamespace = 'private'::regnamespace and grantee <> proowner and pg_get_functiondef(pg_proc.oid) ~ 'credit_(postings|legs|account_states)' and provolatile = 'v' and prokind = 'f'`
  expect(open.filter(({ grantee }) => grantee !== 'job_server')).toEqual([])
})

it('a learner sees the own account, balance, postings and legs, and nothing of another', () => withRollback(async (sql, as) => {
  const { willow } = await makeNetwork(sql)
  const [mei, wang] = [await makePerson(sql, willow), await makePerson(sql, willow)]
  for (const person of [mei, wang]) {
    const [fact] = await sql`
      insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
      select 'rights:' || id, id, 'training', true, 'learner', residence_unit_id, '{resident}', '2026-05-12T09:00:00+08:00', '2026-05-12T10:00:00+08:00', 1, 'attended', 'onsite', 'scan'
      from public.persons where id = ${person.id} returning id, key`
    await sql`select private.award_credit(${fact!.key}, ${fact!.id}, 'lesson_completed', 10)`
  }
  const seenBy = (account: string) => as(account, async inner => ({
    accounts: (await inner`select distinct person_id from public.credit_accounts`).map(row => Number(row.person_id)),
    balances: (await inner`select count(*)::integer as count from public.credit_account_states`)[0]!.count as number,
    postings: (await inner`select person_id from public.credit_postings`).map(row => Number(row.person_id)),
    legs: (await inner`select count(*)::integer as count from public.credit_legs`)[0]!.count as number,
  }))
  expect(await seenBy(mei.account)).toEqual({ accounts: [mei.id], balances: 2, postings: [mei.id], legs: 2 })
  expect(await seenBy(wang.account)).toEqual({ accounts: [wang.id], balances: 2, postings: [wang.id], legs: 2 })
}))
