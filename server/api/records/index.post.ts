import { RecordRequest } from '~~/shared/schemas/records'

/** Asks the school to put a record right. 403 `person_not_yours`, 404 `session_unknown`, 409 `session_not_over` | `record_too_late` | `record_counted` | `record_not_there`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { session, person, kind, words } = await readInput(event, RecordRequest)
  const { error } = await database.rpc('request_record', { of_session_id: session, of_person_id: person, kind, words })
  if (error) throw databaseRefusal(error)
  return { sent: true }
}, () => '/my/records?done=sent')
