import { ServiceCorrection, ShiftId } from '~~/shared/schemas/volunteers'

/** Corrects confirmed hours by a new row, which takes back what the old one fed. 409 `service_not_confirmed` | `own_account`, 422 `check_outside_shift` | `reason_missing`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { place, choice, startsAt, endsAt, reason } = await readInput(event, ServiceCorrection)
  if (choice === 'times' && !(startsAt && endsAt)) throw refusal(422, 'check_outside_shift', { field: 'startsAt' })
  const { database } = await requireDesk(event, 'people')
  const at = (typed?: string) => choice === 'times' && typed ? atChina(typed) : null!
  const { error } = await database.rpc('correct_service', { of_place_id: place, starts_at: at(startsAt), ends_at: at(endsAt), reason })
  if (error) throw databaseRefusal(error)
  return { shift: id }
}, (_event, { shift }) => `/desk/volunteers/shifts/${shift}?done=corrected`)
