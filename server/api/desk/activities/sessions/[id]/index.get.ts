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
  // Whose record can be put right here alone: their own page is for those who see their home.
  const guests = (await answerOf(desk.database.rpc('guest_records', { of_session_id: id }))).map(row => ({
    personId: row.person_id!, id: row.participation_id!, kind: row.kind!, status: row.status!,
    startedAt: row.started_at!, endedAt: row.ended_at!, hours: row.hours!, categoryId: row.category_id,
  }))
  const categories = guests.length ? await answerOf(desk.database.from('categories').select('id, zh, en').order('position')) : []
  const doubles = await answerOf(desk.database.rpc('session_double_marks', { of_session_id: id })) as unknown as DoubleMarks
  const [heads] = await answerOf(desk.database.rpc('heads_of_session', { of_session_id: id }))
  const activity = await activityAtDesk(desk.database, known.activity_id)
  const { trail } = await requireUnit(desk, activity.unit.code, 'people')
  return {
    activity, session: activity.sessions.find(session => session.id === id)!, roster, guests, categories, doubles,
    heads: heads ? { persons: heads.persons!, named: heads.named!, note: heads.note! } : null,
    homes: await homesAround(desk, trail, township), page: activityCode(event, `/${activity.code}`),
  }
})
