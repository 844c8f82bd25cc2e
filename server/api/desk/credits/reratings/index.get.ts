/** Re-ratings, the newest first, and the rules that one can be asked for. 403 `post_lacks_sight`. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const [rows, rules, categories, { trail }] = await Promise.all([
    answerOf(desk.database.from('credit_reratings').select(RERATING_COLUMNS).order('id', { ascending: false }).limit(50)),
    creditRules(desk.database),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    requireUnit(desk, undefined, 'approval'),
  ])
  return {
    reratings: rows.map(reratingOf),
    rules: rules.map(({ id, zh, en, versions }) => ({ id, zh, en, isByDecision: versions.some(version => version.state === 'in_force' && version.basis === 'event' && version.milliCredits === 0) })),
    categories,
    mayAsk: trail[0]!.inSight,
    today: chinaToday(),
  }
})
