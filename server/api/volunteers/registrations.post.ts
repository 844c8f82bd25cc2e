import { VolunteerRegistration } from '~~/shared/schemas/volunteers'

/** Registers the asker as a volunteer, for the unit to decide; again it is the same registration. 409 `volunteer_minor`, 422 by field. */
export default formHandler(async (event) => {
  const { unit, team, source, employer, skills } = await readInput(event, VolunteerRegistration)
  const { database } = await requireSession(event)
  const [row] = await answerOf(database.rpc('register_volunteer', { of_unit_id: unit, of_person_id: null!, of_team_id: team!, source, employer, skills }))
  return { volunteer: row!.volunteer_id!, status: row!.status!, isNew: row!.is_new! }
}, event => backToService(event, 'registered'))
