/** The region's credit rules and caps with their versions, the terms of points, and the last checks of the ledger. 403 `post_lacks_sight`. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const [rules, categories, points, checks, { trail }] = await Promise.all([
    creditRules(desk.database),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    pointTerms(desk.database),
    answerOf(desk.database.from('credit_checks').select('id, began_at, ended_at, postings, legs, faults, found').order('id', { ascending: false }).limit(10)),
    requireUnit(desk, undefined, 'approval'),
  ])
  return {
    rules,
    categories,
    points,
    today: chinaToday(),
    /** Rules hold for the region, so only its own office changes them. */
    mayChange: trail[0]!.inSight,
    checks: checks.map(check => ({
      id: check.id, beganAt: check.began_at, endedAt: check.ended_at, postings: check.postings, legs: check.legs, faults: check.faults,
      found: check.found as { invariant: string, subject: string }[],
    })),
  }
})
