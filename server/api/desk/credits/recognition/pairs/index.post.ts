import { PairEntry } from '~~/shared/schemas/recognition'

/** Says what certificates of a body are worth from a day on. 403 `unit_not_yours`, 404 `body_unknown`, 409 `pair_follows`, 422 by field. */
export default formHandler(async (event) => {
  const { body, words, level, credits, category, fromDay } = await readInput(event, PairEntry)
  const { database } = await requireDesk(event, 'approval')
  return { pair: await answerOf(database.rpc('set_recognition_pair', { of_body_id: body, title_words: words, level, milli_credits: Math.round(credits * 1000), category_id: category, from_day: fromDay ?? null! })) }
}, () => '/desk/credits/recognition/pairs?done=set')
