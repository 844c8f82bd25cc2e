import { RewardItem } from '~~/shared/schemas/rewards'

/** Adds a reward to a unit's shelf or changes one, with how many lie there. 403 `unit_not_yours`, 404 `reward_unknown`, 422 with the field. */
export default formHandler(async (event) => {
  const { unit: code, item, kind, zh, en, price, holdDays, inStock, offered } = await readInput(event, RewardItem)
  const desk = await requireDesk(event, 'approval')
  const { unit } = await requireUnit(desk, code, 'approval')
  const id = await answerOf(desk.database.rpc('save_reward', {
    item_id: item!, of_unit_id: unit.id, kind, zh, en, price_milli_credits: Math.round(price * 1000), hold_days: holdDays, offered: offered === 'yes',
  }))
  const { error } = await desk.database.rpc('set_reward_stock', { item_id: id, in_stock: inStock })
  if (error) throw databaseRefusal(error)
  return { id, unit: unit.code }
}, (_event, { unit }) => `/desk/credits/rewards?unit=${unit}`)
