import { PersonId, GroupEnd } from '~~/shared/schemas/people'

/** A registry no longer lists the person after a day. 404 `group_not_entered`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { personId, group, from, lastDay } = await readInput(event, GroupEnd)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('end_person_group', { of_person_id: personId, group_id: group, valid_from: from, last_day: lastDay }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=groupEnded`)
