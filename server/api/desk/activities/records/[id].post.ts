import { RecordAnswer, RecordRequestId } from '~~/shared/schemas/records'

/**
 * Answers a request; a yes does what was asked. 404 `record_request_unknown`, 403 `own_signup`, 409 `record_request_answered` | `record_at_another` |
 * `record_person_elsewhere`, 422 `reason_missing`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, RecordRequestId)
  const { choice, answer } = await readInput(event, RecordAnswer)
  const { database } = await requireDesk(event, 'people')
  const outcome = await answerOf(database.rpc('answer_record_request', { of_request_id: id, accepts: choice === 'change', answer })) as unknown as 'changed' | 'kept'
  return { outcome }
}, (event, { outcome }) => {
  const [path = '/desk/activities/records', search = ''] = localPath(getHeader(event, 'referer')).split('?')
  const query = new URLSearchParams(search)
  query.set('done', outcome)
  return `${path}?${query}`
})
