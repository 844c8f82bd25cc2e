import { HelpEnd } from '~~/shared/schemas/family'

/** Ends help, by either side; what was signed up for stays. 404 `help_unknown`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { help } = await readInput(event, HelpEnd)
  const { error } = await database.rpc('end_help', { of_help_id: help })
  if (error) throw databaseRefusal(error)
  return { done: 'ended' }
}, () => '/my/family?done=ended')
