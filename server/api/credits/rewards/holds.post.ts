import { RewardHold } from '~~/shared/schemas/rewards'

/** Sets a reward aside; a second tap changes nothing. 401 `sign_in_needed`, 404 `reward_unknown`, 409 `credits_too_few` | `none_left`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { item } = await readInput(event, RewardHold)
  return { hold: await answerOf(database.rpc('hold_reward', { item_id: item })) }
}, () => '/credits/rewards#mine')
