import { VenueFormQuery } from '~~/shared/schemas/venues'

/** What the form of a venue holds: who may keep one, and what is known of it. 404 `venue_unknown`. */
export default defineEventHandler(async (event) => {
  const { unit: code, venue: id } = readQuery(event, VenueFormQuery)
  const desk = await requireDesk(event, 'activities')
  const venue = id === undefined ? null : await venueAtDesk(desk.database, id)
  const { unit } = await requireUnit(desk, venue?.unit.code ?? code, 'activities')
  const hosts = await answerOf(desk.database.rpc('activity_hosts', { in_unit_id: unit.id }))
  return { unit, venue, hosts: hosts.map(host => ({ code: host.code!, name: host.name! })) }
})
