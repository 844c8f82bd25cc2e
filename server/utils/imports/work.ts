import type postgres from 'postgres'
import { RowsFor } from '../../database/copy'
import { ImportFault } from '../../imports/fault'
import type { ImportKind } from '../../imports/fields'
import { type Place, Places } from '../../imports/places'
import { rowReader, type Staged, type Words } from '../../imports/rows'
import { openTable } from '../../imports/table'

export const IMPORT_JOB = 'import'

interface Import {
  id: number
  kind: ImportKind
  unit_id: number
  state: string
  folder: string
  sheet: string | null
  path: string
  heading_line: number
  columns: Record<string, number>
  fixed: Record<string, string>
  register_persons: boolean
  counts: { good?: number }
  result: { written?: number } | null
}

// So many lines are written between two looks at whether the server is going down.
const STEP = 5_000
const CREDIT_STEP = 1_000
const SEND_AT = 2_000

/**
 * Brings an import as far as it can go by itself: to the end of its check, of its writing or of being taken back. Killed at
 * any moment and run again, it does the rest: staging begins anew, writing and taking back are one transaction each, and crediting
 * goes on behind its last step.
 */
export async function workOnImport(id: number, how: Run): Promise<void> {
  const sql = await jobsSql().reserve()
  try {
    // Held by the session: it goes with a killed server, and nobody else works on this import meanwhile.
    const [lock] = await sql`select pg_try_advisory_lock(hashtext('public.imports'), ${id}) as held`
    if (!lock!.held) return
    try { await goOn(sql, id, how) }
    finally { await sql`select pg_advisory_unlock(hashtext('public.imports'), ${id})`.catch(() => undefined) }
  }
  finally { sql.release() }
}

async function goOn(sql: postgres.ReservedSql, id: number, how: Run): Promise<void> {
  const [row] = await sql`select private.import_to_do(${id}) as import`
  const toDo = row!.import as Import | null
  if (!toDo) return
  try {
    if (toDo.state === 'checking') await check(sql, toDo, how.signal)
    if (toDo.state === 'applying') await apply(sql, toDo, how.signal)
    if (toDo.state === 'applying' || toDo.state === 'crediting') await credit(sql, toDo, how.signal)
    if (toDo.state === 'taking_back') await takeBack(sql, toDo, how.signal)
  }
  catch (error) {
    await sql`rollback`
    if (how.signal.aborted) throw error // the next server goes on
    const refused = faultOf(error)
    if (refused?.code === 'import_changed' && toDo.state === 'applying') {
      await sql`select private.check_import_again(${id})`
      return goOn(sql, id, how)
    }
    if (refused) await sql`select private.fail_import(${id}, ${refused.code}, ${sql.json(refused.details as postgres.JSONValue)})`
    else {
      if (how.isLastTry) await sql`select private.fail_import(${id}, 'import_broke', '{}')`
      throw error
    }
  }
}

/** What was foreseen: the file's faults, and what the database refuses in words. */
function faultOf(error: unknown): { code: string, details: Record<string, unknown> } | null {
  if (error instanceof ImportFault) return error
  const { code, message, detail } = error as { code?: string, message: string, detail?: string }
  if (code && /^PT4\d\d$/.test(code)) return { code: message, details: parseJsonObject(detail) }
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? { code: 'import_file_gone', details: {} } : null
}

function parseJsonObject(text: string | undefined): Record<string, unknown> {
  try { return JSON.parse(text ?? '{}') as Record<string, unknown> }
  catch { return {} }
}

// ── reading and checking ────────────────────────────────────────────────────────────────────────────────────────────

const COLUMNS = ['import_id', 'line', 'name', 'sex', 'birth_year', 'residence_unit_id', 'id_lookup', 'phone_lookup', 'card', 'contacts', 'pinyin', 'initials', 'groups',
  'group_source', 'groups_from', 'groups_to', 'guardian_id_lookup', 'guardian_phone_lookup', 'guardian_relation', 'guardian_consent', 'started_at', 'ended_at', 'hours', 'category_id', 'kind', 'form', 'host_unit_id', 'department',
  'programme', 'role', 'fee_fen', 'for_profit', 'session_id', 'unit_id', 'details'] as const

async function check(sql: postgres.ReservedSql, toDo: Import, signal: AbortSignal): Promise<void> {
  await sql`select private.clear_import(${toDo.id})`
  await stage(sql, toDo, signal)
  await phase(toDo.id, 'checking', 0, null)
  await sql`begin`
  const [row] = await sql`select private.check_import(${toDo.id}) as counts`
  await sql`commit`
  const refusals = await sql`select line, field, code, details from private.import_lines_refused(${toDo.id})`
  const warnings = await sql`select line, field, code, details, true as "isWarning" from private.import_lines_warned(${toDo.id})`
  await writeRefused(toDo, [...refusals, ...warnings] as unknown as LineRefused[])
  await sql`select private.finish_import_check(${toDo.id}, ${sql.json(row!.counts as postgres.JSONValue)})`
}

async function stage(sql: postgres.ReservedSql, toDo: Import, signal: AbortSignal): Promise<void> {
  const table = await openTable(importFile(toDo.folder, 'source'), toDo.sheet)
  const [{ words }] = await sql`select private.import_words() as words` as unknown as [{ words: Words }]
  const places = await sql`select * from private.import_places()` as unknown as Place[]
  const read = rowReader({
    kind: toDo.kind, columns: toDo.columns, fixed: toDo.fixed, unitId: toDo.unit_id, places: new Places(places, toDo.path), words, today: chinaToday(),
    readIdNumber: text => readIdNumber(text, chinaToday()),
  })
  const bringsPersons = toDo.kind === 'persons' || toDo.register_persons
  const rows = new RowsFor('private.import_rows', COLUMNS)
  const refusals = new RowsFor('private.import_refusals', ['import_id', 'line', 'field', 'code', 'details', 'by_file'] as const)
  let done = 0
  for await (const batch of table.rows()) {
    for (const row of batch) {
      if (row.line <= toDo.heading_line) continue
      const understood = read(row)
      if (!understood) continue
      rows.add(toRow(toDo.id, understood.staged, bringsPersons && understood.refusals.length === 0))
      for (const { line, field, code, details } of understood.refusals) refusals.add({ import_id: toDo.id, line, field, code, details: JSON.stringify(details), by_file: true })
      done++
    }
    if (rows.waiting < SEND_AT) continue
    signal.throwIfAborted()
    await rows.send(sql)
    await refusals.send(sql)
    await phase(toDo.id, 'reading', done, null)
  }
  await rows.send(sql)
  await refusals.send(sql)
  if (done === 0) throw new ImportFault('table_empty')
}

/** Phone and ID numbers leave this function sealed, as lookups, or not at all. */
function toRow(importId: number, { phone, idNumber, guardianPhone, guardianIdNumber, details, ...staged }: Staged, isSealed: boolean) {
  const lookup = (kind: 'phone' | 'id_number', value: string | undefined) => value && `\\x${contactLookup(kind, value).toString('hex')}`
  return {
    ...staged, import_id: importId,
    id_lookup: lookup('id_number', idNumber), phone_lookup: lookup('phone', phone),
    guardian_id_lookup: lookup('id_number', guardianIdNumber), guardian_phone_lookup: lookup('phone', guardianPhone),
    details: details && JSON.stringify(details),
    ...(isSealed && {
      contacts: JSON.stringify([...(phone ? [contactArgument('phone', phone)] : []), ...(idNumber ? [contactArgument('id_number', idNumber)] : [])]),
      ...soundOf(staged.name!),
    }),
  }
}

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function apply(sql: postgres.ReservedSql, toDo: Import, signal: AbortSignal): Promise<void> {
  const total = toDo.counts.good ?? 0
  await phase(toDo.id, 'writing', 0, total)
  await sql`begin`
  const [row] = await sql`select private.begin_import_writing(${toDo.id}) as lines`
  const [first, last] = row!.lines as [number | null, number | null]
  let written = 0
  if (first !== null && last !== null) {
    for (let from = first; from <= last; from += STEP) {
      signal.throwIfAborted()
      const [step] = toDo.kind === 'participation'
        ? await sql`select private.write_import_facts(${toDo.id}, ${from}, ${from + STEP - 1}) as written`
        : await sql`select private.write_import_rows(${toDo.id}, ${from}, ${from + STEP - 1}) as written`
      written += step!.written as number
      await phase(toDo.id, 'writing', written, total)
    }
  }
  await sql`select private.finish_import_writing(${toDo.id}, ${written})`
  await sql`commit`
}

/** What was written earns its credits afterwards, in steps that stay: the ledger is slower than the facts, and nobody waits for it. */
async function credit(sql: postgres.ReservedSql, toDo: Import, signal: AbortSignal): Promise<void> {
  const [now] = await sql`select private.import_to_do(${toDo.id}) as import`
  const standing = now!.import as Import
  if (standing.state !== 'crediting') return
  const total = standing.result?.written ?? null
  const [before] = await sql`select private.import_credited(${toDo.id}) as done`
  let done = before!.done as number
  for (let step = CREDIT_STEP; step > 0;) {
    signal.throwIfAborted()
    await phase(toDo.id, 'crediting', done, total)
    const [answer] = await sql`select looked_at from private.credit_import_facts(${toDo.id}, ${CREDIT_STEP})`
    step = answer!.looked_at as number
    done += step
  }
  await sql`select private.finish_import_crediting(${toDo.id})`
}

async function takeBack(sql: postgres.ReservedSql, toDo: Import, signal: AbortSignal): Promise<void> {
  const total = toDo.result?.written ?? null
  await phase(toDo.id, 'taking_back', 0, total)
  await sql`begin`
  let cancelled = 0
  for (let after: string | null = '0'; after !== null;) {
    signal.throwIfAborted()
    const [step]: postgres.Row[] = await sql`select * from private.cancel_import_facts(${toDo.id}, ${after}, ${STEP})`
    after = step!.last_id as string | null
    cancelled += step!.cancelled as number
    await phase(toDo.id, 'taking_back', cancelled, total)
  }
  const [row] = await sql`select private.remove_import_effects(${toDo.id}) as took`
  await sql`select private.finish_import_back(${toDo.id}, ${sql.json({ cancelled, ...row!.took as object })})`
  await sql`commit`
}

/** By a connection of its own: what is in a transaction nobody sees. */
async function phase(id: number, name: string, done: number, total: number | null): Promise<void> {
  await jobsSql()`select private.import_phase(${id}, ${name}, ${done}, ${total})`
}
