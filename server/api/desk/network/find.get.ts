import { FIND_FOR, UnitFindQuery } from '~~/shared/schemas/network-lists'

const PAGE = 50

/** Units within one's sight by name, local name, pinyin, initials or code, for a page (`for`) that is opened of a unit. Populations are of administrations. */
export default defineEventHandler(async (event) => {
  const { for: target, words, page, year, on } = readQuery(event, UnitFindQuery)
  const sight = FIND_FOR[target]
  const desk = await requireDesk(event, sight)
  const { units, total } = words ? await findUnits(desk.database, { words, sight, administrationsOnly: target === 'populations', size: PAGE, skip: (page - 1) * PAGE }) : { units: [], total: 0 }
  return { target, words, year, on, units, total, page, pages: Math.ceil(total / PAGE) }
})
