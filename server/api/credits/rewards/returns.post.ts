import { RewardReturn } from '~~/shared/schemas/rewards'

/** Gives back what one set aside; the credits can be used again. 401 `sign_in_needed`, 404 `hold_unknown`, 409 `hold_over`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { hold } = await readInput(event, RewardReturn)
  const { error } = await database.rpc('return_reward', { hold_id: hold })
  if (error) throw databaseRefusal(error)
  return { returned: true }
}, () => '/credits/rewards#mine')
