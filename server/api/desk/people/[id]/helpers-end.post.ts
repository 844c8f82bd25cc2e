import { HelpEnd } from '~~/shared/schemas/family'
import { PersonId } from '~~/shared/schemas/people'

/** Ends help for a person, who asked for it. 404 `help_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { help } = await readInput(event, HelpEnd)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('end_help', { of_help_id: help })
  if (error) throw databaseRefusal(error)
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=helperEnded`)
