import { HonouredQuery } from '~~/shared/schemas/honours'

const PAGE = 50

/** Who holds which level at a unit and below, and the schemes with their days. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, HonouredQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, query.unit, 'names')
  const [people, schemes, categories, region] = await Promise.all([
    honouredPeople(desk.database, unit.id, query, PAGE, (query.page - 1) * PAGE),
    honourSchemes(desk.database),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    requireUnit(desk, undefined, 'names'),
  ])
  return {
    unit, trail, rank: query.rank, from: query.from ?? '', until: query.until ?? '', name: query.name, page: query.page, pages: Math.ceil(people.total / PAGE), total: people.total, people: people.rows,
    schemes, categories, today: chinaToday(),
    /** Schemes hold for the region, so its own office changes them. */
    mayChange: region.trail[0]!.inSight && desk.me.posts.some(({ sights }) => sights.includes('approval')),
  }
})
