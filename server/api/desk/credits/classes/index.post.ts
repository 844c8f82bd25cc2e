import { ClassEntry } from '~~/shared/schemas/classes'

/**
 * Enters a class and credits who came; sent again it changes nothing. 403 `unit_not_yours`, 409 `class_on_that_day` with the register
 * that is there, 422 by field.
 */
export default formHandler(async (event) => {
  const entry = await readInput(event, ClassEntry)
  const desk = await requireDesk(event, 'people')
  const rows = await answerOf(desk.database.rpc('record_class', await classArguments(desk, entry)))
  return { register: rows[0]!.register_id!, entered: rows.filter(row => row.is_new).length, outcomes: rows.map(classOutcome) }
}, (_event, { register, entered }) => `/desk/credits/classes/${register}?entered=${entered}`)
