import { SessionHelperEntry, SessionId } from '~~/shared/schemas/desk-activities'

/**
 * Enters a volunteer who served. 404 `session_unknown` | `person_unknown`, 409 `volunteer_needed` | `session_not_begun` | `service_backfill_needed` | `own_account`, 422 by
 * field.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { person, role } = await readInput(event, SessionHelperEntry)
  const { database } = await requireDesk(event, 'people')
  return { session: id, place: await answerOf(database.rpc('add_session_helper', { of_session_id: id, of_person_id: person, role })) }
}, (_event, { session }) => `/desk/activities/sessions/${session}/helpers?done=added`)
