// What becomes of the ledger with its disk. A copy of every row is read into a database that has none, as a dump is restored: it is the
// same to the last link, its seals verify against what was published before, and it goes on. A disk without room refuses whole.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { issuerWith, publishStatusLists, signWaiting } from '../../server/credentials/issue.ts'
import { signingKeys, writeMirror } from '../../server/credentials/mirror.ts'
import { sealBreaches } from '../../server/utils/credits/seal-check.ts'
import { sealCredits } from '../../server/utils/credits/seal.ts'
import { databaseRefusal } from '../../server/utils/refusal.ts'
import { databaseUrl, makeNetwork, makePerson, pool, type Sql } from '../fixtures/database.ts'
import { pristinePool } from '../fixtures/pristine.ts'

const KEY = Buffer.alloc(32, 6).toString('base64')
const SITE = 'https://learn.example.cn'
const issuer = issuerWith({ signingKey: KEY, publicUrl: SITE, siteUrl: SITE })
const grant = async (sql: Sql, person: number, unit: number, key: string) =>
  (await sql`select (private.grant_credit(${key}, ${person}, 'staff_correction', 3000, 0, ${unit}, 'restore', '{}', timestamptz '2026-05-12 10:00+08')).*`)[0]!
const heads = async (sql: Sql) => [...await sql`select person_id, seq, head from private.credit_heads() order by person_id`]
const faults = async (sql: Sql) => [...await sql`select * from private.credit_faults()`]

/** Every row and where every sequence stands, in the order of no key, as pg_dump and pg_restore carry them. */
async function copyRows(from: typeof pool, into: typeof pool): Promise<void> {
  const tables = await from<{ name: string, columns: string }[]>`
    select format('%I.%I', space.nspname, kind.relname) as name, string_agg(format('%I', part.attname), ', ' order by part.attnum) as columns
    from pg_class kind join pg_namespace space on space.oid = kind.relnamespace
    join pg_attribute part on part.attrelid = kind.oid and part.attnum > 0 and not part.attisdropped and part.attgenerated = ''
    where kind.relkind = 'r' and space.nspname !~ '^pg_' and space.nspname <> 'information_schema' group by 1`
  const filled = await from.unsafe<{ name: string }[]>(tables.map(({ name }) => `select '${name}' as name where exists (select from ${name})`).join(' union all '))
  const isFilled = new Set(filled.map(({ name }) => name))
  const [there, here] = [await into.reserve(), await from.reserve()]
  try {
    await there`set session_replication_role = replica`
    await there.unsafe(`truncate ${tables.map(({ name }) => name).join(', ')}`)
    for (const { name, columns } of tables.filter(({ name }) => isFilled.has(name)))
      await pipeline(await here.unsafe(`copy ${name} (${columns}) to stdout`).readable(), await there.unsafe(`copy ${name} (${columns}) from stdin`).writable())
    for (const { name, value } of await here<{ name: string, value: string | null }[]>`select format('%I.%I', schemaname, sequencename) as name, last_value::text as value from pg_sequences`)
      if (value !== null) await there`select setval(${name}::regclass, ${value}::bigint)`
    await there`set session_replication_role = default`
  }
  finally {
    here.release()
    there.release()
  }
}

it('a dump read into an empty database gives the same heads, I1–I12 return nothing, seals verify, and the ledger goes on', async () => {
  const { city, township, willow } = await makeNetwork(pool)
  const people = [await makePerson(pool, willow), await makePerson(pool, willow), await makePerson(pool, willow)]
  for (const [index, { id }] of people.entries()) for (let turn = 0; turn <= index; turn++) await grant(pool, id, city, `restore|${id}|${turn}`)
  const [last] = await pool`select id from public.credit_postings order by id desc limit 1`
  await pool`select private.reverse_credit(${last!.id}, 'posted_wrongly')`
  await pool`select private.apply_credit(${`restore|use|${people[1]!.id}`}, ${people[1]!.id}, 2000)`
  await pool`select private.want_credential('honour', ${people[0]!.id}, 'restore', ${township}, '{"title": "学习之星"}')`
  const folder = mkdtempSync(join(tmpdir(), 'restore-'))
  try {
    await publishStatusLists(pool, issuer)
    await signWaiting(pool, issuer, 100)
    await sealCredits(pool, KEY)
    await writeMirror(pool, folder, issuer)
    const before = await heads(pool)
    expect(before).toHaveLength(3)

    const restored = await pristinePool('restored_ledger')
    await copyRows(pool, restored)
    expect(await heads(restored)).toEqual(before)
    expect(await faults(restored)).toEqual([])
    const keys = await signingKeys(restored, issuer)
    expect(keys).toContain(issuer.multikey)
    expect(await sealBreaches(restored, keys, folder)).toEqual([])

    // A queue that was not emptied before the dump asks again: it has its first answer. What is new is the next link.
    const key = `restore|${people[0]!.id}|0`
    expect((await grant(restored, people[0]!.id, city, key)).id).toBe((await grant(pool, people[0]!.id, city, key)).id)
    expect(await grant(restored, people[0]!.id, city, `${key}|later`)).toMatchObject({ seq: 2, balance_after_milli_credits: 6000 })
    expect(await faults(restored)).toEqual([])
    expect(await sealBreaches(restored, keys, folder)).toEqual([])

    // A dump from which a row was lost is told from a whole one.
    await restored.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`delete from public.credit_postings where person_id = ${people[2]!.id} and seq = 4`
    })
    expect((await faults(restored)).length).toBeGreaterThan(0)
    expect(await sealBreaches(restored, keys, folder)).not.toEqual([])
  }
  finally { rmSync(folder, { recursive: true }) }
})

const mayLimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0

// PostgreSQL takes a file that may not grow for a full disk (its postmaster ignores SIGXFSZ for that). Every other file is smaller than
// the one of the postings, which is filled above the size of a file of the log.
it.skipIf(!mayLimit)('with no room left a posting, and many in one transaction, are refused whole, and posted once when there is room again (needs prlimit)', async () => {
  const { city, willow } = await makeNetwork(pool)
  const people = await Promise.all(Array.from({ length: 60 }, () => makePerson(pool, willow)))
  await grant(pool, people[0]!.id, city, 'room|first')
  await pool`alter table public.credit_postings set (autovacuum_enabled = off)`
  const filler = new Error('only the room that it takes stays')
  await pool.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`insert into public.credit_postings (key, request_hash, kind, person_id, granted_to, ground, asked_milli_credits, rule_id, milli_credits, outcome, occurred_at, balance_after_milli_credits, seq, chain)
      select 'filler|' || n, request_hash, kind, person_id, granted_to, ground, asked_milli_credits, rule_id, milli_credits, outcome, occurred_at, balance_after_milli_credits, seq + n, chain
      from public.credit_postings cross join generate_series(1, 60000) n where key = 'room|first'`
    throw filler
  }).catch((error) => { if (error !== filler) throw error })
  const [{ bytes, pid }] = await pool<[{ bytes: number, pid: string }]>`
    select pg_relation_size('public.credit_postings')::integer as bytes, split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
  expect(bytes).toBeGreaterThan(16 * 2 ** 20)

  // Who connects from now on may write no file beyond that. Its own user may say so of a process, also where root may not.
  const { uid, gid } = statSync(`/proc/${pid}`)
  const limit = (to: string) => expect(spawnSync('prlimit', ['--pid', pid, `--fsize=${to}:`], { encoding: 'utf8', cwd: '/', uid, gid })).toMatchObject({ stderr: '', status: 0 })
  const connected = async <T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
    try { return await work(sql) }
    finally { await sql.end() }
  }
  const counted = async () => (await pool`select (select count(*)::integer from public.credit_postings) as postings, (select count(*)::integer from public.credit_legs) as legs`)[0]!
  const key = (index: number) => `room|${people[index]!.id}`
  const refused = async (ask: () => Promise<unknown>) => {
    const error = await ask().then(() => null, (reason: postgres.PostgresError) => reason)
    expect(error?.message).toMatch(/could not extend file/)
    expect(databaseRefusal({ code: error!.code, message: error!.message, details: null })).toMatchObject({ statusCode: 503, data: { code: 'no_room' } })
  }
  const before = await counted()
  let fitted = 0
  limit(String(bytes))
  try {
    await connected(async (sql) => {
      // What is left of the last page takes some.
      await refused(async () => { for (; fitted < people.length; fitted++) await grant(sql as never, people[fitted]!.id, city, key(fitted)) })
      const onlyWhatFitted = { postings: before.postings + fitted, legs: before.legs + fitted }
      expect(await counted()).toEqual(onlyWhatFitted)
      await refused(() => sql.begin(async (one) => { for (let index = fitted; index < people.length; index++) await grant(one as never, people[index]!.id, city, key(index)) }))
      expect(await counted()).toEqual(onlyWhatFitted)
    })
    expect(await faults(pool)).toEqual([])
  }
  finally { limit('unlimited') }

  await connected(async (sql) => { for (let turn = 0; turn < 2; turn++) for (let index = 0; index < people.length; index++) await grant(sql as never, people[index]!.id, city, key(index)) })
  expect((await pool`select count(*)::integer as count from public.credit_postings where key like 'room|%'`)[0]!.count).toBe(61)
  expect(await faults(pool)).toEqual([])
})
