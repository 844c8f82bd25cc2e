import { fieldsOf, missingFields } from '../../../../imports/fields'
import { ColumnsForm, ImportParams } from '~~/shared/schemas/imports'

/** Says which column is which and has the file checked. 422 `import_columns_missing` | `import_column_twice`, 409 `import_state`. */
export default formHandler(async (event) => {
  const { importId } = readParams(event, ImportParams)
  const desk = await requireImporter(event)
  const { columns, fixed, registerPersons } = await readInput(event, ColumnsForm)
  const row = await requireImport(desk, importId)
  const fields = fieldsOf(row.kind)
  const known = (values: Record<string, unknown>) => Object.fromEntries(Object.entries(values).filter(([id]) => fields.some(field => field.id === id)))
  const missing = missingFields(row.kind, id => id in columns || id in fixed)
  if (missing.length) {
    const codes = Object.fromEntries(missing.map(id => [`column.${id}`, 'import_columns_missing']))
    throw refusal(422, 'import_columns_missing', { field: `column.${missing[0]}`, fields: codes })
  }
  const twice = Object.entries(columns).find(([id, column]) => Object.entries(columns).some(([other, same]) => other !== id && same === column))
  if (twice) throw refusal(422, 'import_column_twice', { field: `column.${twice[0]}` })
  if (Object.values(columns).some(column => column >= row.headings.length)) throw refusal(422, 'input_invalid')
  await answerOf(desk.database.rpc('choose_import_columns', {
    import_id: importId, columns: known(columns) as never, fixed: known(fixed) as never, register_persons: registerPersons,
  }))
  await goOnWithImport(importId)
  return { id: importId }
}, (_event, { id }) => `/desk/imports/${id}`)
