// Nobody writes into the ledger, or into what is decided on it and certified of it, but their own functions; and no learner sees another's. Every role tries everything.
import { describe, expect, it } from 'vitest'
import { makeNetwork, makePerson, pool, withRollback } from '../fixtures/database.ts'
import { LEDGER_MUTATIONS, mutate } from '../mutations/ledger.ts'

const ROLES = ['anon', 'authenticated', 'service_role', 'job_server'] as const
const tables = (await pool`
  select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'p') and nspname in ('public', 'private') and relname ~ '^(credit|credential|honour|recognition|class_register)s?(_|$)' order by 1`).map(row => row.name as string)

it('the matrix has the ledger, rewards, settlements, honours, recognition, registers of classes and credentials', () => {
  expect(tables).toEqual(expect.arrayContaining(['public.credit_postings', 'public.credit_legs', 'public.credit_items', 'public.credit_holds', 'public.credit_stock_moves', 'public.credit_years', 'public.credit_statements',
    'public.honour_events', 'public.honour_consents', 'public.recognition_cases', 'private.recognition_files', 'public.recognition_reviews', 'public.class_registers', 'public.class_register_entries', 'public.credentials',
    'public.credential_status_bits', 'private.credential_marks']))
})

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

describe('of the functions that write into these tables', () => {
  const names = tables.map(table => table.split('.')[1]!)
  /** Everything that is no trigger, as it is stored: which of them insert, update or delete there. */
  const writers = pool`
    select proc.oid, proc.proname as name, pronamespace::regnamespace::text as schema, coalesce(prosrc, '') || coalesce(pg_get_function_sqlbody(proc.oid), '') as body
    from pg_proc proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prokind = 'f' and prorettype <> 'trigger'::regtype and provolatile = 'v'`
    .then(rows => rows.filter(({ body }) => new RegExp(`(insert into|update|delete from)\\s+(public\\.|private\\.)?(${names.join('|')})\\b`, 'i').test(body as string)))
  const mayCall = async (role: string, schema: string) => {
    const oids = (await writers).filter(one => one.schema === schema).map(({ oid }) => oid as number)
    const rows = await pool`select proc.oid::regprocedure::text as name from pg_proc proc where proc.oid = any (${oids}::oid[]) and has_function_privilege(${role}, proc.oid, 'execute') order by 1`
    return rows.map(({ name }) => name as string)
  }

  it('there are as many as there are acts: the list is not empty by mistake', async () => {
    expect((await writers).map(({ name }) => name as string)).toEqual(expect.arrayContaining(
      ['award_credit', 'reverse_credit', 'award_class', 'enter_class', 'close_credit_year', 'revoke_credential', 'review_recognition', 'hold_reward', 'begin_credit_check', 'add_credit_rule']))
  })

  it.each(['anon', 'authenticated', 'service_role'])('%s calls none in schema private', async role => expect(await mayCall(role, 'private')).toEqual([]))
  it.each(['anon', 'service_role'])('%s calls none in schema public: whoever acts has an account', async role => expect(await mayCall(role, 'public')).toEqual([]))
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

// Where a function was written anew since, its fault would change nothing and prove nothing.
it.skipIf(process.env.LINXUE_MUTATION)('every fault that is put in on purpose (npm run mutations) still finds what it changes', () => withRollback(async (sql) => {
  const undone = new Error('undone as planned')
  for (const { name } of LEDGER_MUTATIONS) {
    await sql.savepoint(async (inner) => {
      await mutate(inner, name)
      throw undone
    }).catch((error) => { if (error !== undone) throw error })
  }
}))
