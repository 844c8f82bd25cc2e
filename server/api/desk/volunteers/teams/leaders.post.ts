import { TeamLeader } from '~~/shared/schemas/volunteers'

/** Says who leads a team; nobody where none is named. 404 `team_unknown` | `person_unknown`. */
export default formHandler(async (event) => {
  const { unit, team, leader } = await readInput(event, TeamLeader)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('set_team_leader', { of_team_id: team, of_person_id: leader ?? null! }))
  return { team, unit }
}, (_event, { unit }) => `/desk/volunteers/teams?unit=${unit}&done=saved`)
