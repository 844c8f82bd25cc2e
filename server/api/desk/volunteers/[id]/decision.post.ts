import { VolunteerDecision, VolunteerId } from '~~/shared/schemas/volunteers'

/** Says yes or (with a reason) no to somebody who registered. 404 `volunteer_unknown`, 409 `volunteer_decided` | `own_account`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VolunteerId)
  const { choice, reason } = await readInput(event, VolunteerDecision)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('decide_volunteer', { of_volunteer_id: id, admits: choice === 'admit', reason }))
  return { volunteer: id }
}, (_event, { volunteer }) => `/desk/volunteers/${volunteer}?done=decided`)
