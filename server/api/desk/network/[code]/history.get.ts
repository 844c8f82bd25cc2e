import { UnitParams } from '~~/shared/schemas/desk'
import { AsOfQuery } from '~~/shared/schemas/desk-network'

/** Everything recorded of a unit: what was true from when to when, and what was recorded wrongly before. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const { on = chinaToday() } = readQuery(event, AsOfQuery)
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const [versions, { kinds, roles }] = await Promise.all([answerOf(desk.database.rpc('unit_history', { in_unit_id: unit.id })), unitChoices(desk.database)])
  const isOn = (day: string) => (version: typeof versions[number]) => version.superseded_at === null
    && (version.valid_from === null || version.valid_from <= day) && (version.valid_to === null || version.valid_to > day)
  return { unit, trail, on, today: chinaToday(), kinds, roles, asOf: versions.find(isOn(on)) ?? null, versions }
})
