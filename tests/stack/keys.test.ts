// The data key is changed: killed in the middle, nothing is lost, the next run goes on, and the old key goes last.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { drawDataKey, keyIdsOf, openVault } from '../../server/privacy/vault.ts'
import { holdKeys } from '../../stack/keys-lock.ts'
import { keepDataKey, loadSecrets } from '../../stack/secrets.ts'
import { findDatabase } from '../../stack/find-database.ts'
import { dataFolder, preparedFolder, root, run, startLauncher } from '../fixtures/launcher.ts'

const PEOPLE = 12_000
const dataDir = await preparedFolder('library')
const rotate = () => run('stack/rotate-keys.ts', [], { LINXUE_DATA_DIR: dataDir })
const phoneOf = (nth: number) => `139${String(nth).padStart(8, '0')}`

/** The folder's database, for a look while nobody else has it. */
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

it('is refused while a portal runs, while a site is connected to a database elsewhere, and without a new key there', async () => {
  await look(async (sql, url) => {
    const ours = rotate()
    expect(await ours.code).toBe(1)
    expect(ours.output()).toContain('The portal is running')
    const elsewhere = (keys: string) => run('stack/rotate-keys.ts', [], { DATABASE_URL: url, LINXUE_DATA_KEY: keys })
    const { dataKey } = loadSecrets(dataDir)
    const lacking = elsewhere(dataKey)
    expect(await lacking.code).toBe(1)
    expect(lacking.output()).toMatch(/Put a new key in front[\s\S]*LINXUE_DATA_KEY=2:/)
    const site = postgres(url, { max: 1, connection: { application_name: 'linxue jobs' } })
    await site`select 1`
    const refused = elsewhere(`${drawDataKey(2)},${dataKey}`)
    expect(await refused.code).toBe(1)
    expect(refused.output()).toContain('A site is connected')
    await site.end()
    expect(await sql`select rotating_to from private.data_keys`).toEqual([{ rotating_to: null }])
  })
  expect(keyIdsOf(loadSecrets(dataDir).dataKey)).toEqual([1])
})

it('and a site never work at the same time, also where they share the database alone and neither has said a word to it yet', async () => {
  await look(async (sql, url) => {
    const { dataKey } = loadSecrets(dataDir)
    const hosted = { DATABASE_URL: url, LINXUE_DATA_KEY: `${drawDataKey(2)},${dataKey}` }
    const site = () => run('stack/start.ts', [], {
      ...hosted, LINXUE_DATA_DIR: dataFolder(), SUPABASE_URL: 'http://127.0.0.1:9', PORT: '3977', HOST: '127.0.0.1',
      ...Object.fromEntries(['SUPABASE_JWT_SECRET', 'LINXUE_SESSION_SECRET'].map(name => [name, 'x'.repeat(40)])), LINXUE_SIGNING_KEY: Buffer.alloc(32, 5).toString('base64'),
    })
    const lost: string[] = []
    // Any number of sites, and no rotation.
    const sites = [await holdKeys(url, 'site', reason => lost.push(reason)), await holdKeys(url, 'site', reason => lost.push(reason))]
    const refused = run('stack/rotate-keys.ts', [], hosted)
    expect(await refused.code).toBe(1)
    expect(refused.output()).toContain('A site is connected to this database')
    // A connection that breaks is no way in: the site takes the keys again.
    const holders = async () => (await sql`select pid from pg_locks where locktype = 'advisory' and granted`).map(({ pid }) => pid as number)
    const before = await holders()
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'linxue keys'`
    await expect.poll(async () => (await holders()).filter(pid => !before.includes(pid)).length, { timeout: 10_000 }).toBe(2)
    for (const giveBack of sites) await giveBack()
    expect(lost).toEqual([])

    const rotation = await holdKeys(url, 'rotation', reason => lost.push(reason))
    for (const [second, said] of [[site(), 'A data key is being changed'], [run('stack/rotate-keys.ts', [], hosted), 'a key is being changed already']] as const) {
      expect(await second.code, second.output()).toBe(1)
      expect(second.output()).toContain(said)
    }
    await rotation()
    expect(await sql`select rotating_to from private.data_keys`).toEqual([{ rotating_to: null }])
  })
})

it('killed in the middle loses nothing; the next run seals the rest, and only then the old key goes', async () => {
  const old = openVault(loadSecrets(dataDir).dataKey)
  await look(async (sql) => {
    const [unit] = await sql`insert into public.units (code, kind_id, level, name, area) values ('QJ', 'administration', 'city', '清江市', 'rural') returning id`
    const ids = await sql`insert into public.persons (name, residence_unit_id) select '居民' || nth, ${unit!.id} from generate_series(1, ${PEOPLE}) nth returning id`
    const rows = ids.map(({ id }, index) => {
      const { cipher, lookup, keyId, masked, tail } = old.seal('phone', phoneOf(index))
      return { id: String(id), cipher: cipher.toString('hex'), lookup: lookup.toString('hex'), keyId, masked, tail }
    })
    await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail)
      select id, 'phone', decode(cipher, 'hex'), "keyId", decode(lookup, 'hex'), masked, tail
      from jsonb_to_recordset(${sql.json(rows)}) one (id bigint, cipher text, lookup text, "keyId" smallint, masked text, tail text)`
    await sql`insert into identity.accounts (email, person_id, phone_lookup, phone_cipher, phone_key_id, phone_mask)
      select contact.person_id || '@accounts.invalid', contact.person_id, encode(contact.lookup, 'hex'), contact.cipher, contact.key_id, contact.masked from private.person_contacts contact limit 500`
  })

  // Imports at every step, each with a row whose number the old key sealed; the last one has written all of its rows.
  const steps = ['checking', 'checked', 'applying', 'crediting']
  const [certificate, deleted, photo, sheet] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  await look(async (sql) => {
    await sql`set session_replication_role = replica` // of the case that it belongs to nothing is looked at here
    const { cipher, lookup, keyId, digest } = old.sealFile(certificate, Buffer.from('%PDF-1.7 证书'))
    const gone = old.sealFile(deleted, Buffer.from('%PDF-1.7 早先的证书'))
    await sql`insert into private.recognition_files (id, case_id, kind, bytes, cipher, key_id, lookup, digest, deleted_at) values (${certificate}, 1, 'application/pdf', 16, ${cipher}, ${keyId}, ${lookup}, ${digest}, null),
      (${deleted}, 1, 'application/pdf', 16, null, ${keyId}, ${gone.lookup}, ${gone.digest}, now())`
    await sql`insert into private.material_files (id, material_id, kind, bytes, cipher, key_id) values (${photo}, 1, 'image/jpeg', 4, ${old.sealFile(photo, Buffer.from('photo')).cipher}, ${keyId})`
    const signed = old.sealFile(sheet, Buffer.from('签到表'))
    await sql`insert into private.sheet_files (id, session_id, kind, bytes, cipher, key_id, lookup, digest) values (${sheet}, 1, 'image/jpeg', 9, ${signed.cipher}, ${keyId}, ${signed.lookup}, ${signed.digest})`
    for (const state of steps) {
      const [one] = await sql`insert into public.imports (kind, unit_id, state, file_name, file_sha256, file_bytes, format, folder, headings, heading_line, created_by)
        select 'persons', id, ${state}, ${`${state}.xlsx`}, ${'0'.repeat(64)}, 1, 'xlsx', ${randomUUID()}, '{}', 1, ${randomUUID()} from public.units returning id`
      if (state !== 'crediting') await sql`insert into private.import_rows (import_id, line, phone_lookup) values (${one!.id}, 2, ${lookup})`
    }
  })

  const first = rotate()
  await first.says('0 of 12504')
  first.child.kill('SIGSTOP') // for a while, so that it is still at it
  const meanwhile = startLauncher(dataDir, { PORT: '3977' })
  expect(await meanwhile.code).toBe(1)
  expect(meanwhile.output()).toContain('The data folder is in use by process')
  first.child.kill('SIGCONT')
  await first.says(/\n.*[1-9]\d* of 12504 sealed anew/)
  first.child.kill('SIGKILL')
  await first.gone
  // Both keys are kept: what is sealed by either can be opened.
  expect(keyIdsOf(loadSecrets(dataDir).dataKey)).toEqual([2, 1])

  const second = rotate()
  expect(await second.code, second.output()).toBe(0)
  const { dataKey } = loadSecrets(dataDir)
  expect(keyIdsOf(dataKey)).toEqual([2])
  const fresh = openVault(dataKey)
  await look(async (sql) => {
    expect(await sql`select distinct key_id from private.person_contacts union select distinct phone_key_id from identity.accounts`).toEqual([{ key_id: 2 }])
    for (const nth of [0, 1, 4_999, PEOPLE - 1]) {
      const found = await sql`select cipher, key_id, masked from private.person_contacts where lookup = ${fresh.lookup('phone', phoneOf(nth))}`
      expect(found).toHaveLength(1)
      expect(fresh.open('phone', { cipher: found[0]!.cipher as Buffer, keyId: found[0]!.key_id as number })).toBe(phoneOf(nth))
      expect(found[0]!.masked).toBe(`139****${phoneOf(nth).slice(-4)}`)
    }
    const [file] = await sql`select cipher, key_id from private.recognition_files where id = ${certificate} and lookup = ${fresh.sealFile(certificate, Buffer.from('%PDF-1.7 证书')).lookup}`
    expect(fresh.openFile(certificate, { cipher: file!.cipher as Buffer, keyId: file!.key_id as number }).toString()).toBe('%PDF-1.7 证书')
    const [picture] = await sql`select cipher, key_id from private.material_files where id = ${photo}`
    expect(fresh.openFile(photo, { cipher: picture!.cipher as Buffer, keyId: picture!.key_id as number }).toString()).toBe('photo')
    const [kept] = await sql`select cipher, key_id from private.sheet_files where id = ${sheet}`
    expect(fresh.openFile(sheet, { cipher: kept!.cipher as Buffer, keyId: kept!.key_id as number }).toString()).toBe('签到表')
    // A file that was deleted before is still told by an equal one that comes now.
    expect(await sql`select id from private.recognition_files where lookup = ${fresh.sealFile(randomUUID(), Buffer.from('%PDF-1.7 早先的证书')).lookup}`).toEqual([{ id: deleted }])
    expect(await sql`select count(*)::integer from private.person_contacts where lookup = ${old.lookup('phone', phoneOf(0))}`).toEqual([{ count: 0 }])
    expect(await sql`select account.phone_lookup = encode(contact.lookup, 'hex') as same from identity.accounts account join private.person_contacts contact on contact.person_id = account.person_id group by 1`).toEqual([{ same: true }])
    expect(await sql`select details, account_id from public.audit_events where action = 'data_key_rotated'`).toEqual([{ details: {}, account_id: null }])
    // What was read by the old key is read again, also where writing had begun; the page says why.
    expect(await sql`select file_name, state, problem from public.imports order by id`).toEqual(steps.map(state => state === 'crediting'
      ? { file_name: 'crediting.xlsx', state: 'crediting', problem: null }
      : { file_name: `${state}.xlsx`, state: 'mapping', problem: { code: 'import_key_changed', details: {} } }))
    expect(await sql`select from private.import_rows`).toEqual([])
    expect(await sql`select lookup_key_id, rotating_to from private.data_keys`).toEqual([{ lookup_key_id: 2, rotating_to: null }])
  })
  expect(second.output()).not.toContain(dataKey.slice(2))
})

it('killed after the last number and before the old key went, only retires it', async () => {
  const { dataKey } = loadSecrets(dataDir)
  keepDataKey(dataDir, `${dataKey},1:${Buffer.alloc(32, 1).toString('base64')}`)
  const again = rotate()
  expect(await again.code, again.output()).toBe(0)
  expect(loadSecrets(dataDir).dataKey).toBe(dataKey)
  expect(readFileSync(join(dataDir, 'secrets.json'), 'utf8')).not.toContain('"1:')
})
