import { fieldsOf } from '../../../../imports/fields'
import { ImportParams, RefusedQuery } from '~~/shared/schemas/imports'

/** Every refused cell of an import, or every one that is warned of, with row, column, value and reason. 404 `import_unknown` | `import_file_gone`. */
export default defineEventHandler(async (event) => {
  const { importId } = readParams(event, ImportParams)
  const { format, kind } = readQuery(event, RefusedQuery)
  const row = await requireImport(await requireImporter(event), importId)
  if (!await hasRefusedFile(row.folder)) throw refusal(404, 'import_file_gone')
  const { lang } = preferencesOf(event)
  const t = deskTranslator(event)
  const names = new Map(fieldsOf(row.kind).map(({ id, zh, en }) => [id, lang === 'en' ? en : zh]))
  const columns = (['line', 'column', 'value', 'reason', 'code'] as const).map(name => t(`imports.refused.${name}`))
  async function* rows(): AsyncGenerator<string[]> {
    for await (const refused of readRefused(row.folder, row.headings, row.columns)) {
      if (Boolean(refused.isWarning) !== (kind === 'warned')) continue
      yield [String(refused.line), refused.heading || (names.get(refused.field ?? '') ?? ''), refused.value, refusalText(event, refused.code, refused.details), refused.code]
    }
  }
  const name = `import-${importId}-${kind}.${format}`
  if (format === 'xlsx') {
    sendFile(event, name, XLSX_TYPE)
    return streamWorkbook(t(`imports.${kind}.title`), columns.map((header, at) => ({ header, width: [8, 16, 28, 60, 28][at]! })), rows())
  }
  sendFile(event, name, 'text/csv; charset=utf-8')
  return streamCsv(columns, rows())
})
