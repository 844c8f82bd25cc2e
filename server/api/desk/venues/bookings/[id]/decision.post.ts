import { BookingDecision, BookingId } from '~~/shared/schemas/venues'

/** Gives a room or not. 403 `unit_not_yours`, 404 `booking_unknown`, 409 `booking_decided` | `room_taken`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, BookingId)
  const { decision, reason } = await readInput(event, BookingDecision)
  const { database } = await requireDesk(event, 'approval')
  return { venue: await answerOf(database.rpc('decide_booking', { of_booking_id: id, approves: decision === 'approve', reason })) }
}, (_event, { venue }) => `/desk/venues/${venue}?done=decided`)
