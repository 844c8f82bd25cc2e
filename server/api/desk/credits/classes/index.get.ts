import { ClassesQuery } from '~~/shared/schemas/classes'

const PAGE = 30

/** Classes that were entered at a unit and those below it, the newest first. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, page } = readQuery(event, ClassesQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, code, 'names')
  const rows = await answerOf(desk.database.rpc('list_classes', { in_unit_id: unit.id, page_size: PAGE, skip: (page - 1) * PAGE }))
  return {
    unit, trail, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE),
    mayEnter: desk.me.posts.some(post => post.sights.includes('people')),
    classes: rows.map(row => ({
      id: row.register_id!, title: row.title!, unit: row.host!, categoryZh: row.category_zh!, categoryEn: row.category_en!, startedAt: row.started_at!, minutes: row.minutes!,
      people: row.people!, takenBack: row.taken_back!,
    })),
  }
})
