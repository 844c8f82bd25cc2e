import { ImportParams } from '~~/shared/schemas/imports'

/** Has an applied import taken back. 409 `import_state`. */
export default formHandler(async (event) => {
  const { importId } = readParams(event, ImportParams)
  const { database } = await requireImporter(event)
  await answerOf(database.rpc('take_import_back', { import_id: importId }))
  await goOnWithImport(importId)
  return { id: importId }
}, (_event, { id }) => `/desk/imports/${id}`)
