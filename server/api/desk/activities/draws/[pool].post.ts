import { DrawPool } from '~~/shared/schemas/draws'

/** Draws the seats of a session or term, once and for all to see. 404 `session_unknown`, 409 `draw_too_early` | `drawn_already` | `session_started`. */
export default formHandler(async (event) => {
  const { pool } = readParams(event, DrawPool)
  const { database } = await requireDesk(event, 'people')
  const seats = await answerOf(database.from('seat_pools').select('activity_id').eq('id', pool).maybeSingle())
  if (!seats) throw refusal(404, 'session_unknown')
  const [drawn] = await answerOf(database.rpc('draw_seats', { of_pool_id: pool }))
  return { activity: seats.activity_id, done: 'drawn', seated: drawn!.seated!, waiting: drawn!.waiting! }
}, (_event, { activity, done }) => `/desk/activities/${activity}/signups?done=${done}`)
