// A new key takes over from an old one: every sealed number and file is sealed anew and found by a new hash, a batch in a transaction, so
// that a kill loses nothing and the next run goes on. The site stands still meanwhile: half of the hashes would be the new key's.
import type postgres from 'postgres'
import { type ContactKind, keyIdsOf, openVault, type Vault } from '../server/privacy/vault.ts'
import { Foreseen } from './faults.ts'

const AT_ONCE = 1_000
const FILES_AT_ONCE = 20

/** Everything that a key seals: by which key, one row each. Of a file that was deleted the digest is left. */
const sealedRows = (sql: postgres.Sql | postgres.TransactionSql) => sql`
  select key_id from private.person_contacts
  union all select phone_key_id from identity.accounts where phone_key_id is not null
  union all select key_id from private.recognition_files
  union all select key_id from private.material_files
  union all select key_id from private.sheet_files`

export type Progress = (done: number, total: number) => void
interface State { lookupKeyId: number | null, rotatingTo: number | null }

export async function keyState(sql: postgres.Sql): Promise<State> {
  const [row] = await sql`select lookup_key_id as "lookupKeyId", rotating_to as "rotatingTo" from private.data_keys`
  return row as unknown as State
}

/**
 * The part of a key list that the site needs: the whole list, until a rotation has ended; then the key that took over, last as well
 * as first, and nothing that is retired. An unfinished rotation is finished.
 */
export async function keysInForce(sql: postgres.Sql, keyList: string, progress: Progress): Promise<string> {
  if ((await keyState(sql)).rotatingTo !== null) await finishRotation(sql, keyList, progress)
  const { lookupKeyId } = await keyState(sql)
  if (lookupKeyId === null) return keyList
  return keyOf(keyList, lookupKeyId)
}

/** Begins a rotation to the first key of the list, which nothing may have been sealed with before. */
export async function beginRotation(sql: postgres.Sql, keyList: string): Promise<void> {
  const [newest] = keyIdsOf(keyList)
  await sql.begin(async (transaction) => {
    const [used] = await transaction`select from (${sealedRows(transaction)}) sealed where key_id = ${newest!} limit 1`
    if (used) throw new Foreseen(`密钥 ${newest} 已经用过，请在最前面加一把新的\nKey ${newest} has been used before; put a new one in front of it`)
    await transaction`update private.data_keys set rotating_to = ${newest!}, began_at = now(), finished_at = null`
  })
}

/** Seals anew whatever is not sealed by the key that takes over, and then lets its hashes count. Resumes where a killed run was. */
export async function finishRotation(sql: postgres.Sql, keyList: string, progress: Progress): Promise<void> {
  const { rotatingTo } = await keyState(sql)
  if (rotatingTo === null) return
  const [known, next] = [openVault(keyList), openVault(keyOf(keyList, rotatingTo))]
  const [{ total, left }] = await sql`
    select count(*)::integer as total, (count(*) filter (where key_id <> ${rotatingTo}))::integer as left from (${sealedRows(sql)}) sealed` as unknown as [{ total: number, left: number }]
  let done = total - left
  progress(done, total)
  for (const step of [resealContacts, resealAccounts, resealFilesOf('recognition_files'), resealFilesOf('sheet_files'), resealMaterials]) {
    for (let sealed = 1; sealed > 0; done += sealed) {
      sealed = await sql.begin(transaction => step(transaction, rotatingTo, known, next))
      if (sealed) progress(done + sealed, total)
    }
  }
  await sql.begin(transaction => takeOver(transaction, rotatingTo))
}

async function resealContacts(sql: postgres.TransactionSql, keyId: number, known: Vault, next: Vault): Promise<number> {
  const rows = await sql`select person_id, kind, cipher, key_id from private.person_contacts where key_id <> ${keyId} order by key_id, person_id, kind limit ${AT_ONCE} for update`
  const sealed = rows.map(({ person_id, kind, cipher, key_id }) => ({
    person_id: String(person_id), kind: kind as string, ...reseal(kind as ContactKind, cipher as Buffer, key_id as number, known, next),
  }))
  await sql`
    update private.person_contacts contact set cipher = decode(fresh.cipher, 'hex'), lookup = decode(fresh.lookup, 'hex'), key_id = ${keyId}
    from jsonb_to_recordset(${sql.json(sealed)}) fresh (person_id bigint, kind text, cipher text, lookup text)
    where contact.person_id = fresh.person_id and contact.kind = fresh.kind`
  return rows.length
}

async function resealAccounts(sql: postgres.TransactionSql, keyId: number, known: Vault, next: Vault): Promise<number> {
  const rows = await sql`select id, phone_cipher, phone_key_id from identity.accounts where phone_key_id <> ${keyId} order by phone_key_id, id limit ${AT_ONCE} for update`
  const sealed = rows.map(row => ({ id: row.id as string, ...reseal('phone', row.phone_cipher as Buffer, row.phone_key_id as number, known, next) }))
  await sql`
    update identity.accounts account set phone_cipher = decode(fresh.cipher, 'hex'), phone_lookup = fresh.lookup, phone_key_id = ${keyId}
    from jsonb_to_recordset(${sql.json(sealed)}) fresh (id uuid, cipher text, lookup text) where account.id = fresh.id`
  return rows.length
}

const resealFilesOf = (table: 'recognition_files' | 'sheet_files') => async (sql: postgres.TransactionSql, keyId: number, known: Vault, next: Vault): Promise<number> => {
  const files = sql(`private.${table}`)
  const rows = await sql`select id, cipher, digest, key_id from ${files} where key_id <> ${keyId} order by key_id, id limit ${FILES_AT_ONCE} for update`
  for (const row of rows) {
    const [id, cipher, oldId] = [row.id as string, row.cipher as Buffer | null, row.key_id as number]
    const { lookup, digest } = next.sealDigest(id, known.openDigest(id, { digest: row.digest as Buffer, keyId: oldId }))
    const fresh = cipher && next.sealFile(id, known.openFile(id, { cipher, keyId: oldId })).cipher
    await sql`update ${files} set cipher = ${fresh}, lookup = ${lookup}, digest = ${digest}, key_id = ${keyId} where id = ${id}`
  }
  return rows.length
}

async function resealMaterials(sql: postgres.TransactionSql, keyId: number, known: Vault, next: Vault): Promise<number> {
  const rows = await sql`select id, cipher, key_id from private.material_files where key_id <> ${keyId} order by key_id, id limit ${FILES_AT_ONCE} for update`
  for (const row of rows) {
    const id = row.id as string
    const { cipher } = next.sealFile(id, known.openFile(id, { cipher: row.cipher as Buffer, keyId: row.key_id as number }))
    await sql`update private.material_files set cipher = ${cipher}, key_id = ${keyId} where id = ${id}`
  }
  return rows.length
}

function reseal(kind: ContactKind, cipher: Buffer, keyId: number, known: Vault, next: Vault): { cipher: string, lookup: string } {
  const fresh = next.seal(kind, known.open(kind, { cipher, keyId }))
  return { cipher: fresh.cipher.toString('hex'), lookup: fresh.lookup.toString('hex') }
}

async function takeOver(sql: postgres.TransactionSql, keyId: number): Promise<void> {
  const [left] = await sql`select from (${sealedRows(sql)}) sealed where key_id <> ${keyId} limit 1`
  if (left) throw new Foreseen('还有号码没有重新加密，请再运行一次\nNumbers are left that are not sealed anew; run it once more')
  // What is short-lived goes by the old hashes: codes that were sent, and files that were checked but not written, which are read again.
  await sql`delete from identity.codes`
  // One whose writing was cut off has written nothing yet: it would go on with numbers that the new key neither opens nor finds.
  const unwritten = sql`select id from public.imports where state in ('checking', 'checked', 'applying')`
  await sql`delete from private.import_rows where import_id in (${unwritten})`
  await sql`update public.imports set state = 'mapping', counts = '{}', checked_at = null, problem = '{"code": "import_key_changed", "details": {}}' where id in (${unwritten})`
  await sql`update private.data_keys set lookup_key_id = ${keyId}, rotating_to = null, finished_at = now()`
  await sql`insert into public.audit_events (action, subject_kind, subject_id, unit_id)
    select 'data_key_rotated', 'data_key', ${String(keyId)}, (select id from public.units where parent_id is null)`
}

/** The entry of one key in a list. */
function keyOf(keyList: string, id: number): string {
  const found = keyList.split(',').map(one => one.trim()).find(one => one.startsWith(`${id}:`))
  if (!found) throw new Foreseen(`密钥列表里缺 ${id} 号密钥\nThe list of keys lacks key ${id}`)
  return found
}
