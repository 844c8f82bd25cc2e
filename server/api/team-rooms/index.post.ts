import { TeamRoom } from '~~/shared/schemas/venues'

/** Asks for a room in the name of a team. 404 `team_unknown` | `room_unknown`, 409 `room_taken` | `venue_closed_then` | `team_rooms_enough`, 422 by field. */
export default formHandler(async (event) => {
  const { team, room, date, start, end, purpose } = await readInput(event, TeamRoom)
  const { database } = await requireSession(event)
  return { booking: await answerOf(database.rpc('ask_team_room', { of_team_id: team, of_room_id: room, from_at: atChina(`${date}T${start}`), until_at: atChina(`${date}T${end}`), purpose })) }
}, () => '/my/team-rooms?done=asked')
