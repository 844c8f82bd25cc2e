import { z } from 'zod'
import { orNothing, Unit } from './fields'

export const ImportKindField = z.enum(['participation', 'persons', 'populations', 'units', 'activities'], 'import_kind_missing')

export const ImportParams = z.object({ importId: z.coerce.number().int().positive().max(2 ** 31) })
export const ImportsQuery = z.object({ unit: orNothing(Unit), page: z.coerce.number().int().min(1).max(1000).catch(1) })
export const NewImportQuery = z.object({ unit: orNothing(Unit), kind: ImportKindField.catch('participation') })
export const UploadFields = z.object({ kind: ImportKindField, unit: Unit })
export const TemplateQuery = z.object({ unit: orNothing(Unit), kind: ImportKindField, format: z.enum(['xlsx', 'csv']).catch('xlsx') })
export const RefusedQuery = z.object({ format: z.enum(['xlsx', 'csv']).catch('xlsx'), kind: z.enum(['refused', 'warned']).catch('refused') })

/** Fields come as `column.<field>` (a column from 0, or nothing) and `fixed.<field>`, so that a plain form can send them. */
export const ColumnsForm = z.record(z.string().regex(/^(?:column|fixed)\.[a-zA-Z]{1,30}$|^registerPersons$/), z.string().max(200, 'import_text_too_long'))
  .transform((form) => {
    const columns: Record<string, number> = {}
    const fixed: Record<string, string> = {}
    for (const [name, value] of Object.entries(form)) {
      const [part, field] = name.split('.')
      if (part === 'column' && /^\d{1,2}$/.test(value)) columns[field!] = Number(value)
      if (part === 'fixed' && value.trim() !== '') fixed[field!] = value.trim()
    }
    return { columns, fixed, registerPersons: form.registerPersons === 'yes' }
  })

export const SheetForm = z.object({ sheet: z.string('sheet_unknown').min(1, 'sheet_unknown').max(200, 'sheet_unknown') })
export const ApplyForm = z.object({ rows: z.enum(['all', 'good'], 'import_choice_missing') })
