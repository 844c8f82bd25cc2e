import { PersonId, PersonMove } from '~~/shared/schemas/people'

/** Moves a person to another village; what happened before stays there. 422 `residence_closed`, `moved_nowhere`, `date_in_future`, `moved_before_last_move`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { residenceUnitId, movedOn } = await readInput(event, PersonMove)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('move_person', { of_person_id: id, to_unit_id: residenceUnitId, moved_on: movedOn }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=moved`)
