import { VenueId, VenueVisits } from '~~/shared/schemas/venues'

/** How many came on a day. 403 `unit_not_yours`, 404 `venue_unknown`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VenueId)
  const { day, visitors, note } = await readInput(event, VenueVisits)
  const { database } = await requireDesk(event, 'activities')
  await answerOf(database.rpc('count_visits', { of_venue_id: id, of_day: day, visitors, note }))
  return { id }
}, (_event, { id }) => `/desk/venues/${id}?done=counted`)
