/** The teams that the asker leads, what these asked for, and the rooms there are. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const [teams, bookings, venues] = await Promise.all([
    answerOf(database.rpc('my_teams')), answerOf(database.rpc('my_team_rooms')),
    answerOf(database.from('venues').select('name, venue_rooms(id, name, seats, closed_on)').is('closed_on', null).order('name').limit(200)),
  ])
  return {
    today: chinaToday(), teams: teams.map(one => ({ id: one.id!, name: one.name!, unit: one.unit! })),
    bookings: bookings.map(one => ({
      id: one.id!, team: one.team!, venue: one.venue!, room: one.room!, address: one.address!, startsAt: one.starts_at!, endsAt: one.ends_at!, purpose: one.purpose!,
      status: one.status as 'asked' | 'approved' | 'refused' | 'cancelled', reason: one.reason, mayCancel: one.may_cancel!,
    })),
    /** Nobody but who leads a team chooses one. */
    rooms: teams.length ? venues.flatMap(roomsOf) : [],
  }
})

function roomsOf({ name, venue_rooms: rooms }: { name: string, venue_rooms: { id: number, name: string, seats: number, closed_on: string | null }[] }) {
  return rooms.filter(room => !room.closed_on).sort((a, b) => a.id - b.id).map(room => ({ id: room.id, venue: name, name: room.name, seats: room.seats }))
}
