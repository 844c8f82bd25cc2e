import { NoShowPlea } from '~~/shared/schemas/draws'

/** Says why a seat stayed empty; until the school has answered it can be said again. 404 `no_show_unknown`, 409 `no_show_answered`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { session, person, reason, note } = await readInput(event, NoShowPlea)
  const { error } = await database.rpc('explain_no_show', { of_session_id: session, of_person_id: person, reason, note })
  if (error) throw databaseRefusal(error)
  return { sent: true }
}, () => '/my/no-shows?done=sent')
