import { VenueId, VenueYear } from '~~/shared/schemas/venues'

/** A venue with its bookings, visits and use of a year, and for whom the asker may book. 404 `venue_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, VenueId)
  const { year = thisYear() } = readQuery(event, VenueYear)
  const desk = await requireDesk(event, 'activities')
  const venue = await venueAtDesk(desk.database, id, year)
  const { unit } = await requireUnit(desk, undefined, 'activities')
  const hosts = await answerOf(desk.database.rpc('activity_hosts', { in_unit_id: unit.id }))
  return { venue, year, thisYear: thisYear(), today: chinaToday(), hosts: hosts.map(host => ({ code: host.code!, name: host.name! })) }
})
