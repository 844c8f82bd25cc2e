import { UnitListPageQuery } from '~~/shared/schemas/network-lists'

const PAGE = 100

/** The units at and below one, by kind, level, standard, zone, computers and what should be built; today or as of a day (`on`). 404 `unit_unknown`, 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, page, ...query } = readQuery(event, UnitListPageQuery)
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const [{ units, total }, { kinds }] = await Promise.all([networkUnits(desk.database, unit.id, query, PAGE, (page - 1) * PAGE), unitChoices(desk.database)])
  return { unit, trail, today: chinaToday(), on: query.on ?? chinaToday(), asked: query, kinds, units, total, page, pages: Math.ceil(total / PAGE) }
})
