import { fieldsOf, SIGHT_OF } from '../../../imports/fields'
import { LIMITS } from '../../../imports/fault'
import { NewImportQuery } from '~~/shared/schemas/imports'

/** What a new import may be: its kinds, the unit it is for, the columns of the template. */
export default defineEventHandler(async (event) => {
  const { unit: code, kind: asked } = readQuery(event, NewImportQuery)
  const desk = await requireImporter(event)
  const kind = desk.kinds.includes(asked) ? asked : desk.kinds[0]!
  const { unit, trail } = await requireUnit(desk, code, SIGHT_OF[kind])
  const below = await answerOf(desk.database.from('units').select('code, name').eq('parent_id', unit.id).eq('kind_id', 'administration').is('closed_on', null).order('path').limit(300))
  return {
    kind, kinds: desk.kinds, unit, trail, below, megabytes: LIMITS.fileBytes / 1024 / 1024, rows: LIMITS.rows,
    fields: fieldsOf(kind).map(({ id, zh, en, required, hint, hintEn }) => ({ id, zh, en, isRequired: required === true, hint, hintEn })),
  }
})
