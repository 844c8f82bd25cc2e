import { UnitActsPageQuery } from '~~/shared/schemas/network-lists'

const PAGE = 100

/** What was done to the tree at and below a unit, newest first: opened, split off, moved, merged, closed; of this year, or from one day to another. */
export default defineEventHandler(async (event) => {
  const { unit: code, page, ...query } = readQuery(event, UnitActsPageQuery)
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const { acts, total, from, until } = await networkActs(desk.database, unit.id, query, PAGE, (page - 1) * PAGE)
  return { unit, trail, today: chinaToday(), from, until, act: query.act ?? null, acts, total, page, pages: Math.ceil(total / PAGE) }
})
