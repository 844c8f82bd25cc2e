import { VenueEntry } from '~~/shared/schemas/venues'

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const

/** Saves a venue with its hours and rooms. 403 `unit_not_yours`, 404 `venue_unknown`, 409 `venue_changed` | `venue_name_taken` | `room_in_use` …, 422 by field. */
export default formHandler(async (event) => {
  const venue = await readInput(event, VenueEntry)
  const desk = await requireDesk(event, 'activities')
  const { unit } = await requireUnit(desk, venue.unit, 'activities')
  const id = await answerOf(desk.database.rpc('save_venue', {
    of_unit_id: unit.id, of_venue_id: venue.venue ?? null!, was_version: venue.version ?? null!,
    fields: {
      name: venue.name, kind: venue.kind, address: venue.address, way: venue.way, summary: venue.summary, contactPost: venue.contactPost, phone: venue.phone, access: venue.access,
    },
    hours: WEEKDAYS.flatMap(weekday => venue[`h${weekday}`].map(span => ({ weekday, ...span }))),
    rooms: venue.rooms,
  }))
  return { id }
}, (_event, { id }) => `/desk/venues/${id}?done=saved`)
