import { SIGHT_OF } from '../../../imports/fields'
import { firstTable } from '../../../imports/headings'
import { UploadFields } from '~~/shared/schemas/imports'

/** Takes a file in and finds its headings. 413 `file_too_large`, 422 with what is wrong with the file. */
export default formHandler(async (event) => {
  const desk = await requireImporter(event)
  const { fields, folder, fileName, bytes, sha256 } = await readUpload(event)
  try {
    const { kind, unit: code } = checkFields(fields, UploadFields)
    if (!desk.kinds.includes(kind)) throw refusal(403, 'post_lacks_sight', { sight: SIGHT_OF[kind] })
    const { unit } = await requireUnit(desk, code, SIGHT_OF[kind])
    const { table, preview: { headings, headingLine } } = await firstTable(importFile(folder, 'source'), kind)
    const id = await answerOf(desk.database.rpc('create_import', {
      kind, unit_id: unit.id, file_name: fileName, file_sha256: sha256, file_bytes: bytes, format: table.format, encoding: table.encoding ?? null!,
      sheet: table.sheet ?? null!, folder, headings, heading_line: headingLine,
    }))
    return { id }
  }
  catch (error) {
    await removeImportFiles(folder)
    throw fileRefusal(error)
  }
}, (_event, { id }) => `/desk/imports/${id}`)
