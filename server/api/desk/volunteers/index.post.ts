import { StaffRegistration } from '~~/shared/schemas/volunteers'

/** Registers somebody of the register as a volunteer, which is the unit's yes; a minor with the guardian's written consent. 409 `volunteer_registered`. */
export default formHandler(async (event) => {
  const { unit: code, person, team, source, employer, skills, consent } = await readInput(event, StaffRegistration)
  const desk = await requireDesk(event, 'people')
  const { unit } = await requireUnit(desk, code, 'people')
  const [row] = await answerOf(desk.database.rpc('register_volunteer', { of_unit_id: unit.id, of_person_id: person, of_team_id: team ?? null!, source, employer, skills, ...(consent && { consent }) }))
  return { volunteer: row!.volunteer_id!, unit: code }
}, (_event, { volunteer }) => `/desk/volunteers/${volunteer}?done=registered`)
