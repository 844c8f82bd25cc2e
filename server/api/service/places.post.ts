import { ServicePlace } from '~~/shared/schemas/volunteers'

/**
 * Takes a place in a shift; asked again it is the same place.
 * @throws 404 `shift_unknown`, 409 `volunteer_needed` | `volunteer_waiting` | `shift_full` | `shift_begun` | `shift_cancelled`
 */
export default formHandler(async (event) => {
  const { shift } = await readInput(event, ServicePlace)
  const { database } = await requireSession(event)
  const [row] = await answerOf(database.rpc('take_service_place', { of_shift_id: shift }))
  return { place: row!.place_id!, isNew: row!.is_new! }
}, event => backToService(event, 'taken'))
