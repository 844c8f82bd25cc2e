import { BookingCancellation, BookingId } from '~~/shared/schemas/venues'

/** Gives a room back. 404 `booking_unknown`, 409 `booking_decided` | `booking_of_session`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, BookingId)
  const { reason } = await readInput(event, BookingCancellation)
  const { database } = await requireDesk(event, 'activities')
  return { venue: await answerOf(database.rpc('cancel_booking', { of_booking_id: id, reason })) }
}, (_event, { venue }) => `/desk/venues/${venue}?done=cancelled`)
