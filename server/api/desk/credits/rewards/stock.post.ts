import { RewardStock } from '~~/shared/schemas/rewards'

/** Writes down how many lie on the shelf now. 404 `reward_unknown`, 409 `stock_moved` where it changed meanwhile, 422 `stock_invalid`. */
export default formHandler(async (event) => {
  const { item, inStock, countedFrom, unit } = await readInput(event, RewardStock)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('set_reward_stock', { item_id: item, in_stock: inStock, counted_from: countedFrom })
  if (error) throw databaseRefusal(error)
  return { unit }
}, (_event, { unit }) => `/desk/credits/rewards?unit=${unit}`)
