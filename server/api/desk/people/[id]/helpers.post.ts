import { HelpRecord } from '~~/shared/schemas/family'
import { PersonId } from '~~/shared/schemas/people'

/**
 * Records that somebody agreed to be helped, having been asked. 403 `help_own_consent`, 404 `helper_unknown`, 409 `helpers_enough` |
 * `helped_enough`, 422 `consent_missing` | `help_for_minor`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { helperId, relation, consent } = await readInput(event, HelpRecord)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('record_help', { of_person_id: id, by_helper_id: helperId, relation, consent }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=helper`)
