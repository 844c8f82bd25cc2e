import { UnitCode } from '~~/shared/schemas/network'

/** A school with its place and courses, or an administration with what lies below. 404 `unit_unknown`. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitCode)
  const database = anonymousDatabase()
  const { data: unit, error } = await database.from('units')
    .select('id, code, name, local_name, level, path, host_body, address, contact_phone, summary, opened_on, closed_on, unit_kinds!inner(zh, en, nature)')
    .eq('code', code).maybeSingle()
  if (error) throw databaseRefusal(error)
  if (!unit || unit.unit_kinds.nature === 'body') throw refusal(404, 'unit_unknown')
  const isPlace = unit.unit_kinds.nature === 'administration'
  const [above, below, hosted, activities] = await Promise.all([
    unitsAbove(unit.path),
    isPlace ? browseNetwork(event, code) : null,
    database.from('courses').select('slug, title, minutes').eq('host_unit_id', unit.id).order('updated_on', { ascending: false }).limit(12),
    isPlace ? [] : comingActivities(event, 6, unit.id),
  ])
  if (hosted.error) throw databaseRefusal(hosted.error)
  return {
    code: unit.code,
    name: unit.name,
    localName: unit.local_name,
    kind: preferencesOf(event).lang === 'en' ? unit.unit_kinds.en : unit.unit_kinds.zh,
    isPlace,
    hostBody: unit.host_body,
    address: unit.address,
    phone: unit.contact_phone,
    summary: unit.summary,
    openedOn: unit.opened_on,
    closedOn: unit.closed_on,
    above,
    below,
    courses: hosted.data,
    activities,
  }
})
