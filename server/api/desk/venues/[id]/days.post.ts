import { VenueDay, VenueId } from '~~/shared/schemas/venues'

const minutes = (clock: string | undefined) => clock === undefined ? null! : Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** Says that a day is otherwise, or as always again. 403 `unit_not_yours`, 404 `venue_unknown`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VenueId)
  const { day, start, end, note } = await readInput(event, VenueDay)
  const { database } = await requireDesk(event, 'activities')
  await answerOf(database.rpc('set_venue_day', { of_venue_id: id, of_day: day, from_minute: minutes(start), until_minute: minutes(end), note }))
  return { id }
}, (_event, { id }) => `/desk/venues/${id}?done=saved`)
