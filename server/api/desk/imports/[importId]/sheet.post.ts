import { previewTable } from '../../../../imports/headings'
import { openTable } from '../../../../imports/table'
import { ImportParams, SheetForm } from '~~/shared/schemas/imports'

/** Reads another sheet of the workbook, from its headings on. 422 `sheet_unknown` | `table_empty` | `header_merged`, 409 `import_state`. */
export default formHandler(async (event) => {
  const { importId } = readParams(event, ImportParams)
  const desk = await requireImporter(event)
  const { sheet } = await readInput(event, SheetForm)
  const row = await requireImport(desk, importId)
  try {
    const table = await openTable(importFile(row.folder, 'source'), sheet)
    const { headings, headingLine } = await previewTable(table, row.kind)
    const { error } = await desk.database.rpc('choose_import_sheet', { import_id: importId, sheet: table.sheet ?? null!, headings, heading_line: headingLine })
    if (error) throw databaseRefusal(error)
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw refusal(422, 'import_file_gone', { field: 'sheet' })
    throw fileRefusal(error, 'sheet')
  }
  return { id: importId }
}, (_event, { id }) => `/desk/imports/${id}`)
