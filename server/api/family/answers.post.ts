import { HelpAnswer } from '~~/shared/schemas/family'

/** Agrees to somebody's help, or not. 404 `help_unknown`, 409 `help_over` | `help_agreed`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { help, choice } = await readInput(event, HelpAnswer)
  const { error } = await database.rpc('answer_help', { of_help_id: help, agrees: choice === 'agree' })
  if (error) throw databaseRefusal(error)
  return { done: 'answered' }
}, () => '/my/family?done=answered')
