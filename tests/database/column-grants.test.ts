// Residents and visitors are told what happened to their credits, never by which account.
import { expect, it } from 'vitest'
import { pool } from '../fixtures/database.ts'

const READ = `
  select table_.relname || '.' || attribute.attname as name from pg_class table_
  join pg_attribute attribute on attribute.attrelid = table_.oid and attribute.attnum > 0 and not attribute.attisdropped
  where table_.relnamespace = 'public'::regnamespace and table_.relkind = 'r'
    and (table_.relname ~ '^(credit|credential|honour|recognition|class)' or table_.relname = 'corrections')
    and has_column_privilege($1, table_.oid, attribute.attnum, 'select')`
const readBy = async (role: string) => (await pool.unsafe(READ, [role])).map(row => row.name as string)

it.each(['anon', 'authenticated'])('%s reads no column that says which account it was, nor the words of the staff about a certificate', async (role) => {
  const read = await readBy(role)
  expect(read.filter(name => /\.(?:\w+_by|by_account|double_reason|stamp|listed)$/.test(name) && name !== 'honours.judged_by')).toEqual([])
  expect(read.filter(name => /^(?:credit_applications|credit_corrections)\.asked_person_id$/.test(name))).toEqual([])
})

it('what pages read of them is readable as before', async () => {
  expect(await readBy('anon')).toEqual(expect.arrayContaining(['credit_rule_versions.in_force', 'credit_awards.zh', 'honour_schemes.in_force', 'credit_caps.amount']))
  expect(await readBy('authenticated')).toEqual(expect.arrayContaining(['credit_postings.balance_after_milli_credits', 'credit_corrections.reason', 'credit_applications.decision',
    'credit_reratings.reason', 'recognition_cases.state', 'credentials.snapshot', 'class_registers.title']))
})
