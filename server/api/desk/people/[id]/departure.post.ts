import { Departure, PersonId } from '~~/shared/schemas/people'

/**
 * Takes a person off the register who died or moved away; what they took part in stays counted. 404 `person_unknown`,
 * 409 `departure_known` | `departure_with_post` | `departure_before_record`, 422 `departure_reason_missing` | `date_in_future`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { reason, leftOn, note } = await readInput(event, Departure)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('note_departure', { of_person_id: id, reason, left_on: leftOn, note }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=left`)
