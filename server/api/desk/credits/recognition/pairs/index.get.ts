/** Bodies, what their certificates are worth in each version, and what came from each so far. 403 `post_lacks_sight`. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const { trail } = await requireUnit(desk, undefined, 'approval')
  const mayChange = trail[0]!.inSight
  const [bodies, pairs, categories, sums] = await Promise.all([
    answerOf(desk.database.from('recognition_bodies').select('id, zh, en').order('zh')),
    answerOf(desk.database.from('recognition_pairs').select('id, body_id, title_words, level, milli_credits, in_force, categories(zh, en)').order('body_id').order('title_words').order('level').order('id')),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    mayChange ? answerOf(desk.database.rpc('recognised_by_body')) : [],
  ])
  const today = chinaToday()
  return {
    mayChange, categories, today,
    bodies: bodies.map(body => ({
      ...body,
      pairs: pairs.filter(pair => pair.body_id === body.id).map((pair) => {
        const [, from = '', until = ''] = /^[[(]([^,]*),([^)\]]*)[)\]]$/.exec(pair.in_force as string) ?? []
        return {
          id: pair.id, words: pair.title_words, level: pair.level, milliCredits: pair.milli_credits, categoryZh: pair.categories.zh, categoryEn: pair.categories.en,
          from: from || null, until: until || null,
        }
      }),
    })),
    sums: sums.map(sum => ({ body: sum.body!, cases: sum.cases!, milliCredits: sum.milli_credits! })),
  }
})
