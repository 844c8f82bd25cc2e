import { DepartureUndo, PersonId } from '~~/shared/schemas/people'

/** Puts a person back on the register. 404 `person_unknown`, 409 `departure_none`, 422 `departure_undo_reason`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { reason } = await readInput(event, DepartureUndo)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('undo_departure', { of_person_id: id, reason }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=back`)
