import { NoShowRule } from '~~/shared/schemas/draws'

/** Puts a rule on missed seats in force from a day on, for all the region. 403 `unit_not_yours` elsewhere than at its head. */
export default formHandler(async (event) => {
  const { fromDay, most, windowDays, effect, effectDays } = await readInput(event, NoShowRule)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('set_no_show_rule', { from_day: fromDay, most, window_days: windowDays, effect, effect_days: effectDays }))
  return { done: 'saved' }
}, async event => backToNoShows(event, 'saved'))
