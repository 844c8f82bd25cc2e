import { randomInt } from 'node:crypto'
import { HelpRequest } from '~~/shared/schemas/family'

/**
 * Asks to help somebody with activities. To a phone of theirs goes a code, which they tell the asker if they agree; it is for this alone and signs
 * nobody in. 404 `help_person_unknown`, 409 `help_agreed` | `helpers_enough` | `helped_enough`, 422 by field, 429 `too_many_tries`.
 */
export default formHandler(async (event) => {
  const session = await requireSession(event)
  const { name, relation, phone, card } = await readInput(event, HelpRequest)
  await takeTry(event, `help:${session.accountId}`)
  // Whoever asks, and however often: whether a number belongs to a name is not to be found out by trying.
  const [tries] = await identitySql()`select take(${`help:of:${phone ? phoneLookup(phone) : hashCode('help of', readCardNumber(card!)!)}`}, 5, '1 day') as wait`
  if (tries!.wait > 0) throw refusal(429, 'too_many_tries', { secondsLeft: tries!.wait })
  const [me, id] = await Promise.all([
    answerOf(session.database.rpc('who_am_i')) as unknown as Promise<{ person: { name: string } | null } | null>,
    answerOf(session.database.rpc('ask_to_help', { named: name, relation, ...(phone && { phone_lookup: phoneLookup(phone) }), ...(card && { card }) })) as unknown as Promise<number>,
  ])
  if (!phone) return { done: 'asked' }
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  // Three messages a day to one phone, whoever asks.
  const [limit] = await identitySql()`select take(${`help:sms:${phoneLookup(phone)}`}, 3, '1 day') as wait`
  if (limit!.wait > 0) throw refusal(429, 'too_many_tries', { secondsLeft: limit!.wait })
  await identitySql()`select keep_help_code(${id}, ${hashCode(`help ${id}`, code)})`
  await smsSender().send(phone, helpCodeText(me?.person?.name ?? '', code))
  return { done: 'sent' }
}, (_event, { done }) => `/my/family?done=${done}`)
