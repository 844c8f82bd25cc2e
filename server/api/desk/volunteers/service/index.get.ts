import { DeskUnitQuery } from '~~/shared/schemas/volunteers'

/** What a unit and those below it ask of volunteers, and the choices of the form. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, DeskUnitQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  return { unit, trail, calls: await serviceAtDesk(desk, unit.id), ...await serviceChoices(desk, unit.id) }
})
