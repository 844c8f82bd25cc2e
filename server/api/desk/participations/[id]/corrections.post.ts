import { Correction, ParticipationId } from '~~/shared/schemas/people'

/** Corrects a record by a new one that points to it. 409 `already_corrected` with `by`, 409 `own_account` | `host_of_session`, 404 `participation_unknown`, 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ParticipationId)
  const { personId, what, reason, toPersonId, startedAt, endedAt, hours, categoryId, host, role, session } = await readInput(event, Correction)
  const { database } = await requireDesk(event, 'people')
  const values = {
    not_attended: {}, wrong_person: { personId: toPersonId }, wrong_hours: { hours }, wrong_category: { categoryId }, wrong_host: { host }, wrong_role: { role },
    wrong_time: { startedAt: startedAt && `${startedAt}+08:00`, endedAt: endedAt && `${endedAt}+08:00` },
  }[what]
  const correctedBy = await answerOf(database.rpc('correct_participation', { participation_id: id, what, new_values: values, reason }))
  return { id: correctedBy, personId, session }
}, (_event, { personId, session }) => session ? `/desk/activities/sessions/${session}?done=corrected` : `/desk/people/${personId}?saved=corrected`)
