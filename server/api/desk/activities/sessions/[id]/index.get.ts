import { RosterQuery, SessionId } from '~~/shared/schemas/desk-activities'
import type { DoubleMarks } from '~~/shared/types/desk-activities'

/** A session with everybody of it: signed up, on leave, present, on record; and the choices for whoever is not registered yet. 404 `session_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { township } = readQuery(event, RosterQuery)
  const desk = await requireDesk(event, 'people')
  const known = await answerOf(desk.database.from('activity_sessions').select('activity_id').eq('id', id).maybeSingle())
  if (!known) throw refusal(404, 'session_unknown')
  const roster = await rosterOf(desk.database, id)
  const doubles = await answerOf(desk.database.rpc('session_double_marks', { of_session_id: id })) as unknown as DoubleMarks
  const [heads] = await answerOf(desk.database.rpc('heads_of_session', { of_session_id: id }))
  const activity = await activityAtDesk(desk.database, known.activity_id)
  const { trail } = await requireUnit(desk, activity.unit.code, 'people')
  return {
    activity, session: activity.sessions.find(session => session.id === id)!, roster, doubles,
    heads: heads ? { persons: heads.persons!, named: heads.named!, note: heads.note! } : null,
    homes: await homesAround(desk, trail, township), page: activityCode(event, activity.code),
  }
})
