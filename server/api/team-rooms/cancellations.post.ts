import { TeamRoomBack } from '~~/shared/schemas/venues'

/** Gives a room back before it begins. 404 `booking_unknown`, 409 `booking_decided`. */
export default formHandler(async (event) => {
  const { booking } = await readInput(event, TeamRoomBack)
  const { database } = await requireSession(event)
  await answerOf(database.rpc('give_team_room_back', { of_booking_id: booking }))
  return { booking }
}, () => '/my/team-rooms?done=back')
