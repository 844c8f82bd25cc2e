// The rules that every table, policy and function keeps, asked of the schema itself.
import { expect, it } from 'vitest'
import { pool } from '../fixtures/database.ts'

const names = async (query: PromiseLike<readonly Record<string, unknown>[]>) => (await query).map(row => Object.values(row).join(' '))

it('there are tables, policies and functions to look at', async () => {
  const [count] = await pool`select (select count(*) from pg_tables where schemaname = 'public') as tables,
    (select count(*) from pg_policies where schemaname = 'public') as policies,
    (select count(*) from pg_proc where pronamespace = 'private'::regnamespace) as functions`
  expect(count!.tables).toBeGreaterThan(20)
  expect(count!.policies).toBeGreaterThan(20)
  expect(count!.functions).toBeGreaterThan(20)
})

it('every table in public and identity has row-level security on', async () => {
  expect(await names(pool`select schemaname, tablename from pg_tables
    where schemaname in ('public', 'identity') and not rowsecurity`)).toEqual([])
})

it('every policy is for one verb and one role', async () => {
  // identity is excepted: its one role is the whole identity server, which may do everything there and comes in nowhere else.
  expect(await names(pool`select tablename, policyname from pg_policies
    where schemaname = 'public' and (cmd = 'ALL' or cardinality(roles) <> 1 or roles = '{public}')`)).toEqual([])
  expect(await names(pool`select distinct roles::text from pg_policies where schemaname = 'identity'`)).toEqual(['{identity_server}'])
})

it('every granted verb has its policy, and every policy its grant', async () => {
  expect(await names(pool`
    select grants.table_name, grants.grantee, grants.privilege_type from information_schema.role_table_grants grants
    where table_schema = 'public' and grantee in ('anon', 'authenticated') and not exists (
      select from pg_policies policy where policy.schemaname = 'public' and policy.tablename = grants.table_name
        and grants.grantee = any (policy.roles) and policy.cmd = grants.privilege_type)`)).toEqual([])
  expect(await names(pool`
    select policy.tablename, policy.policyname from pg_policies policy
    join pg_class relation on relation.relname = policy.tablename and relation.relnamespace = 'public'::regnamespace
    where case when policy.schemaname = 'public' then not case policy.cmd when 'SELECT' then has_any_column_privilege(policy.roles[1], relation.oid, policy.cmd) else has_table_privilege(policy.roles[1], relation.oid, policy.cmd) end end`)).toEqual([])
})

it('the API roles write no table and no sequence directly', async () => {
  expect(await names(pool`
    select role, relation.oid::regclass, verb from pg_class relation
    cross join unnest(array['anon', 'authenticated']) role
    cross join unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) verb
    where relation.relnamespace in ('public'::regnamespace, 'identity'::regnamespace, 'private'::regnamespace) and relation.relkind in ('r', 'p', 'v', 'm')
      and (has_table_privilege(role, relation.oid, verb)
        or verb in ('insert', 'update', 'references') and has_any_column_privilege(role, relation.oid, verb))`)).toEqual([])
  expect(await names(pool`
    select role, relation.oid::regclass from pg_class relation cross join unnest(array['anon', 'authenticated']) role
    where relation.relkind = 'S' and relation.relnamespace in ('public'::regnamespace, 'identity'::regnamespace)
      and has_sequence_privilege(role, relation.oid, 'usage, update')`)).toEqual([])
})

it('the API roles do not see the identity schema', async () => {
  expect(await names(pool`select role from unnest(array['anon', 'authenticated']) role where has_schema_privilege(role, 'identity', 'usage')`)).toEqual([])
})

const ownFunctions = pool`
  select fn.oid::regprocedure::text as name, fn.* from pg_proc fn
  where fn.pronamespace in ('public'::regnamespace, 'private'::regnamespace, 'identity'::regnamespace)`

it('every function pins its search path', async () => {
  // A body in standard SQL is bound to its objects when it is made.
  expect(await names(pool`select name from (${ownFunctions}) fn
    where not coalesce(proconfig::text like '%search_path=%', false) and prosqlbody is null`)).toEqual([])
})

it('no function can be called by everybody', async () => {
  expect(await names(pool`select name from (${ownFunctions}) fn
    where exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) grant_ where grantee = 0)`)).toEqual([])
})

it('visitors call only reads, and accounts of the private functions only what policies ask', async () => {
  const callable = (role: string, schema: string) => names(pool`select proname from (${ownFunctions}) fn
    where pronamespace = ${schema}::regnamespace and has_function_privilege(${role}, fn.oid, 'execute') order by proname`)
  expect(await callable('anon', 'public')).toEqual(['activity_filters', 'conditions_of_activity', 'course_filters', 'credit_rates', 'draws_of_activity', 'find_activities', 'find_lecturers', 'find_service', 'find_venues', 'honours_of_place', 'lecturer_photo', 'list_courses', 'public_figures_around', 'schools_below', 'venue_page'])
  // These read, as the visitor.
  expect(await names(pool`select proname as name from pg_proc where pronamespace = 'public'::regnamespace
    and has_function_privilege('anon', oid, 'execute') and (provolatile = 'v' or prosecdef)`)).toEqual([])
  // Functions that read as the asking account call these: calendar and registers, and whether a person can sign in.
  expect(await callable('anon', 'private')).toEqual(['china_date', 'text_key'])
  expect(await callable('authenticated', 'private')).toEqual([
    'china_date', 'groups_of', 'has_account', 'level_rank', 'my_care_ids', 'my_person_id', 'my_person_ids', 'my_unit_paths', 'my_units', 'my_ward_ids', 'open_on', 'record_evidence', 'record_title', 'region_id', 'stood_in', 'text_key'])
})

it('what runs with the rights of the owner is called by accounts or by nobody', async () => {
  expect(await names(pool`select name from (${ownFunctions}) fn
    where prosecdef and (has_function_privilege('anon', fn.oid, 'execute') or proowner <> current_user::regrole)`)).toEqual([])
})

it('every foreign key has an index that begins with its columns', async () => {
  expect(await names(pool`
    select fk.conrelid::regclass, fk.conname from pg_constraint fk
    where fk.contype = 'f' and fk.connamespace in ('public'::regnamespace, 'identity'::regnamespace) and not exists (
      select from pg_index index
      where index.indrelid = fk.conrelid
        -- One that leaves out the rows without a value serves the key as well: nulls refer to nothing.
        and (index.indpred is null or pg_get_expr(index.indpred, index.indrelid) = (
          select format('(%I IS NOT NULL)', attname) from pg_attribute where attrelid = fk.conrelid and attnum = fk.conkey[1]))
        and (index.indkey::int2[])[0:cardinality(fk.conkey) - 1] @> fk.conkey)`)).toEqual([])
})

it('every foreign key says what a deletion does', async () => {
  expect(await names(pool`select conrelid::regclass, conname from pg_constraint
    where contype = 'f' and connamespace in ('public'::regnamespace, 'identity'::regnamespace) and confdeltype = 'a'`)).toEqual([])
})
