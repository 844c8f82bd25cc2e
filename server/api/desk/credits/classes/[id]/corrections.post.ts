import { ClassCorrection, ClassId } from '~~/shared/schemas/classes'

/** Takes somebody who was wrongly ticked out of a register, with the credits. 404 `participation_unknown`, 409 `already_corrected` | `own_account`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ClassId)
  const { record, reason } = await readInput(event, ClassCorrection)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('correct_participation', { participation_id: record, what: 'not_attended', new_values: {}, reason }))
  return { register: id }
}, (_event, { register }) => `/desk/credits/classes/${register}?taken=1`)
