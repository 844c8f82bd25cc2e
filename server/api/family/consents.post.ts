import { HelpCode } from '~~/shared/schemas/family'

/** The code that the person told the helper: consent. 422 `code_wrong`, 409 `helpers_enough`, 410 `code_expired` | `code_too_many_tries`. */
export default formHandler(async (event) => {
  const { accountId } = await requireSession(event)
  const { help, code } = await readInput(event, HelpCode)
  await takeTry(event, `help:code:${accountId}`)
  const [row] = await identitySql()`select use_help_code(${help}, ${accountId}, ${hashCode(`help ${help}`, code)}) as said`
  if (row!.said === 'wrong') throw refusal(422, 'code_wrong', { field: 'code' })
  if (row!.said === 'helpers_enough') throw refusal(409, 'helpers_enough', { most: 5 })
  if (row!.said !== 'agreed') throw refusal(410, row!.said === 'expired' ? 'code_expired' : 'code_too_many_tries', { field: 'code' })
  return { done: 'agreed' }
}, () => '/my/family?done=agreed')
