import { RewardItem } from '~~/shared/schemas/rewards'

/** Adds a reward to a unit's shelf with its first count, or changes one. 403 `unit_not_yours`, 404 `reward_unknown`, 422 with the field. */
export default formHandler(async (event) => {
  const { unit: code, item, kind, zh, en, price, holdDays, offered, inStock, about } = await readInput(event, RewardItem)
  const desk = await requireDesk(event, 'approval')
  const { unit } = await requireUnit(desk, code, 'approval')
  const said = { of_unit_id: unit.id, kind, zh, en, price_milli_credits: Math.round(price * 1000), hold_days: holdDays, offered: offered === 'yes', about }
  const id = item === null
    ? await answerOf(desk.database.rpc('add_reward', { ...said, in_stock: inStock! }))
    : await answerOf(desk.database.rpc('save_reward', { ...said, item_id: item }))
  return { id, unit: unit.code }
}, (_event, { unit }) => `/desk/credits/rewards?unit=${unit}`)
