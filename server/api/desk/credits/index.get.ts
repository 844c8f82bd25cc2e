/** The region's credit rules and caps with their versions and the terms of points. 403 `post_lacks_sight`. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const [rules, categories, points, { trail }] = await Promise.all([
    creditRules(desk.database),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    pointTerms(desk.database),
    requireUnit(desk, undefined, 'approval'),
  ])
  return {
    rules,
    categories,
    points,
    today: chinaToday(),
    /** Rules hold for the region, so only its own office changes them. */
    mayChange: trail[0]!.inSight,
  }
})
