import { ActivityId, ChangesSeen } from '~~/shared/schemas/desk-activities'

/** Says that whoever agrees above saw what was changed since, up to the last that was shown. 403 `changes_not_yours`, 404 `activity_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { last } = await readInput(event, ChangesSeen)
  const { database } = await requireDesk(event, 'approval')
  return { id, seen: await answerOf(database.rpc('see_activity_changes', { of_activity_id: id, last_change: last })) }
}, (_event, { id }) => `/desk/activities/${id}?done=seen`)
