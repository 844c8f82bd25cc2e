import { TeamFields } from '~~/shared/schemas/volunteers'

/** Founds a team, says anew what one is, or closes it. 409 `team_named_so`, 422 by field. */
export default formHandler(async (event) => {
  const { unit: code, team, name, about, foundedOn, closedOn } = await readInput(event, TeamFields)
  const desk = await requireDesk(event, 'people')
  const { unit } = await requireUnit(desk, code, 'people')
  const id = await answerOf(desk.database.rpc('save_volunteer_team', { of_unit_id: unit.id, of_team_id: team ?? null!, name, about, founded_on: foundedOn, ...(closedOn && { closed_on: closedOn }) })) as number
  return { team: id, unit: code }
}, (_event, { unit }) => `/desk/volunteers/teams?unit=${unit}&done=saved`)
