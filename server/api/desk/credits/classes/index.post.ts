import { ClassEntry } from '~~/shared/schemas/classes'

/**
 * Enters a class and credits who came; sent again it changes nothing. 403 `unit_not_yours`, 409 `class_on_that_day` with the register
 * that is there, 409 `own_account`, 422 by field; `class_nobody_entered` where nobody of the list can be entered.
 */
export default formHandler(async (event) => {
  const entry = await readInput(event, ClassEntry)
  const desk = await requireDesk(event, 'people')
  const rows = await answerOf(desk.database.rpc('record_class', await classArguments(desk, entry)))
  const register = rows[0]?.register_id
  if (!register) throw refusal(422, 'class_nobody_entered', { field: 'people' })
  return { register, entered: rows.filter(row => row.is_new).length, outcomes: rows.map(classOutcome) }
}, (_event, { register, entered }) => `/desk/credits/classes/${register}?entered=${entered}`)
