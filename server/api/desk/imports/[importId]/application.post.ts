import { ApplyForm, ImportParams } from '~~/shared/schemas/imports'

/** Has a checked import written. 409 `import_has_refusals` | `import_nothing_to_apply` | `import_state`. */
export default formHandler(async (event) => {
  const { importId } = readParams(event, ImportParams)
  const { database } = await requireImporter(event)
  const { rows } = await readInput(event, ApplyForm)
  await answerOf(database.rpc('apply_import', { import_id: importId, good_only: rows === 'good' }))
  await goOnWithImport(importId)
  return { id: importId }
}, (_event, { id }) => `/desk/imports/${id}`)
