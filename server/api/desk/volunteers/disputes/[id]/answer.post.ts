import { DisputeAnswer, DisputeId } from '~~/shared/schemas/volunteers'

/** Answers a dispute: the hours stay, or the right times are set with it. 409 `dispute_answered` | `own_account`, 422 `check_outside_shift`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, DisputeId)
  const { choice, answer, startsAt, endsAt } = await readInput(event, DisputeAnswer)
  if (choice === 'change' && !(startsAt && endsAt)) throw refusal(422, 'check_outside_shift', { field: 'startsAt' })
  const { database } = await requireDesk(event, 'people')
  const times = choice === 'change' ? { starts_at: atChina(startsAt!), ends_at: atChina(endsAt!) } : {}
  return { outcome: await answerOf(database.rpc('answer_service_dispute', { of_dispute_id: id, answer, ...times })) as 'changed' | 'kept' }
}, () => '/desk/volunteers/disputes?done=answered')
