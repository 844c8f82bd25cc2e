import { RewardCollection, type RewardKind } from '~~/shared/schemas/rewards'

/** Hands a reward over for its code. 404 `hold_unknown`, 409 `hold_over`, 422 `hold_code_invalid`. */
export default formHandler(async (event) => {
  const { code } = await readInput(event, RewardCollection)
  const { database } = await requireDesk(event, 'desk')
  const item = await answerOf(database.rpc('collect_reward', { code })) as { zh: string, en: string, kind: RewardKind, about: string }
  return { name: preferencesOf(event).lang === 'en' ? item.en : item.zh, kind: item.kind, about: item.about }
}, (_event, { kind }) => `/desk/credits/rewards?collected=${kind}`)
