import { UnitCode } from '~~/shared/schemas/network'

/** What a school, or all below a place, plans, as a calendar to subscribe to. 404 `unit_unknown`. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitCode)
  const { data: unit, error } = await anonymousDatabase().from('units').select('name, path').eq('code', code).maybeSingle()
  if (error) throw databaseRefusal(error)
  if (!unit) throw refusal(404, 'unit_unknown')
  return sendCalendar(event, calendarFile(unit.name, await publishedSessions({ unit: unit.path }), siteOf(event)), `school-${code}`)
})
