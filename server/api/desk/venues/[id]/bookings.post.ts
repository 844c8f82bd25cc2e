import { RoomBooking, VenueId } from '~~/shared/schemas/venues'

/** Asks for a room. 403 `unit_not_yours`, 404 `room_unknown`, 409 `room_taken` | `venue_closed_then`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VenueId)
  const { unit: code, room, date, start, end, purpose, team, phone } = await readInput(event, RoomBooking)
  const desk = await requireDesk(event, 'activities')
  const { unit } = await requireUnit(desk, code, 'activities')
  const booking = await answerOf(desk.database.rpc('book_room', {
    of_unit_id: unit.id, of_room_id: room, from_at: atChina(`${date}T${start}`), until_at: atChina(`${date}T${end}`), purpose, team, phone: phone ?? null!,
  }))
  return { id, booking }
}, (_event, { id }) => `/desk/venues/${id}?done=asked`)
