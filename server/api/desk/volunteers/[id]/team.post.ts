import { VolunteerId, VolunteerTeamChoice } from '~~/shared/schemas/volunteers'

/** Puts a volunteer into a team of its unit, or into none. 404 `volunteer_unknown`, 422 `team_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VolunteerId)
  const { team } = await readInput(event, VolunteerTeamChoice)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('move_volunteer', { of_volunteer_id: id, of_team_id: team ?? null! })
  if (error) throw databaseRefusal(error)
  return { volunteer: id }
}, (_event, { volunteer }) => `/desk/volunteers/${volunteer}?done=moved`)
