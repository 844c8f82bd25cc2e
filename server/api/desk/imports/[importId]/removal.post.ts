import { ImportParams } from '~~/shared/schemas/imports'

/** Throws away an import that changed nothing, with its file. 409 `import_state`. */
export default formHandler(async (event) => {
  const { importId } = readParams(event, ImportParams)
  const { database } = await requireImporter(event)
  const folder = await answerOf(database.rpc('discard_import', { import_id: importId }))
  await removeImportFiles(folder)
  return {}
}, () => '/desk/imports')
