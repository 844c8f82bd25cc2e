import { fieldsOf, guessColumns, missingFields } from '../../../../imports/fields'
import { previewTable } from '../../../../imports/headings'
import { openTable } from '../../../../imports/table'
import { ImportParams } from '~~/shared/schemas/imports'

const SHOWN = 50
const RUNNING = ['checking', 'applying', 'crediting', 'taking_back']
// A job that says nothing for so long was cut off; asking for it again does no harm.
const SILENT_SECONDS = 20

/** Where an import stands, with what its page needs in that state. */
export default defineEventHandler(async (event) => {
  const { importId } = readParams(event, ImportParams)
  const desk = await requireImporter(event)
  const row = await requireImport(desk, importId)
  const [standing, { unit }] = await Promise.all([
    answerOf(desk.database.rpc('import_standing', { import_id: importId })) as Promise<unknown> as Promise<Standing>,
    desk.database.from('units').select('code, name').eq('id', row.unit_id).single().then(({ data }) => ({ unit: data! })),
  ])
  if (RUNNING.includes(row.state) && (standing.progress?.silentSeconds ?? 0) > SILENT_SECONDS) await goOnWithImport(importId)
  return {
    id: row.id, kind: row.kind, state: row.state, unit, fileName: row.file_name, fileBytes: row.file_bytes, format: row.format, encoding: row.encoding, sheet: row.sheet,
    headingLine: row.heading_line, goodOnly: row.good_only, registersPersons: row.register_persons, counts: row.counts, result: row.result, problem: problemOf(row.problem),
    createdAt: row.created_at, appliedAt: row.applied_at, takenBackAt: row.taken_back_at, byName: standing.byName, sameFile: standing.sameFile, progress: standing.progress,
    isRunning: RUNNING.includes(row.state),
    mapping: ['mapping', 'checked', 'failed'].includes(row.state) ? await mappingOf(desk, row) : null,
    ...await firstRefused(row),
    wayOn: row.state === 'applied' ? await wayOnOf(row.id) : null,
    keptPeople: row.result?.back?.keptIds.length && ['participation', 'persons'].includes(row.kind)
      ? await answerOf(desk.database.from('persons').select('id, name').in('id', row.result.back.keptIds))
      : [],
  }

  function problemOf(problem: ImportRow['problem']) {
    return problem && { code: problem.code, text: refusalText(event, problem.code, problem.details) }
  }

  async function wayOnOf(id: number) {
    const [way] = await answerOf(desk.database.rpc('import_way_on', { import_id: id }))
    return way ? { place: way.place!, years: way.years! } : null
  }

  async function firstRefused(of: ImportRow) {
    const shown: Record<'refused' | 'warned', (Refused & { reason: string })[]> = { refused: [], warned: [] }
    if (!['checked', 'applied', 'taken_back'].includes(of.state) || !(of.counts.refused || of.counts.warned)) return shown
    try {
      for await (const found of readRefused(of.folder, of.headings, of.columns)) {
        const list = found.isWarning ? shown.warned : shown.refused
        if (list.length < SHOWN) list.push({ ...found, heading: found.heading || fieldName(of, found.field), reason: refusalText(event, found.code, found.details) })
        if (shown.refused.length === SHOWN && (shown.warned.length === SHOWN || !of.counts.warned)) break
      }
    }
    catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error } // tidied away by now
    return shown
  }

  function fieldName(of: ImportRow, field: string | null): string {
    const known = fieldsOf(of.kind).find(({ id }) => id === field)
    return known ? preferencesOf(event).lang === 'en' ? known.en : known.zh : ''
  }
})

interface Standing {
  progress: { phase: string, done: number, total: number | null, seconds: number, silentSeconds: number } | null
  byName: string
  sameFile: { id: number, appliedAt: string, byName: string | null, unit: string } | null
}

/** The columns of the file beside the fields: as chosen, as remembered, or as guessed by their headings. */
async function mappingOf(desk: Desk, row: ImportRow) {
  const isChosen = Object.keys(row.columns).length > 0
  const remembered = isChosen ? null : await answerOf(desk.database.rpc('remembered_import_columns', { import_id: row.id })) as { columns: Record<string, number>, fixed: Record<string, string> } | null
  const columns = isChosen ? row.columns : remembered?.columns ?? guessColumns(row.kind, row.headings)
  const fixed = isChosen ? row.fixed : remembered?.fixed ?? {}
  const table = await openTable(importFile(row.folder, 'source'), row.sheet).catch(() => null)
  const sample = table ? await previewTable(table, row.kind).then(preview => preview.sample).catch(() => []) : []
  return {
    headings: row.headings, sheet: row.sheet, sheets: table?.sheets ?? [], sample, columns, fixed, isRemembered: remembered !== null && !isChosen,
    missing: missingFields(row.kind, id => id in columns || id in fixed),
    fields: fieldsOf(row.kind).map(({ id, zh, en, required, fixed: canBeFixed, hint }) => ({ id, zh, en, isRequired: required === true, canBeFixed: canBeFixed === true, hint })),
  }
}
