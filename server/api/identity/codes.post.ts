import { randomInt } from 'node:crypto'
import { CodeRequest } from '~~/shared/schemas/identity'

/** Sends a one-time code to a phone. 429 `code_too_soon` | `code_limit_number` | `code_limit_address` with `secondsLeft`. */
export default formHandler(async (event) => {
  const { phone } = await readInput(event, CodeRequest)
  const lookup = phoneLookup(phone)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const [row] = await identitySql()`select issue_code(${lookup}, ${clientAddress(event)}, ${hashCode(lookup, code)}) as answer`
  const answer = row!.answer as { code: string, secondsLeft?: number }
  if (answer.code !== 'sent') throw refusal(429, answer.code, { field: 'phone', secondsLeft: answer.secondsLeft })
  await smsSender().send(phone, `【邻学】验证码 ${code}，5 分钟内有效。不要告诉任何人。`)
  return { sent: true, secondsUntilNext: 60 }
}, async (event) => {
  const { phone } = await readInput(event, CodeRequest)
  leaveFlash(event, { code: 'code_sent', details: {}, typed: { phone } })
  return localPath(getHeader(event, 'referer'))
})
