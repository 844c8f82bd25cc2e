import { ActivitiesQuery } from '~~/shared/schemas/desk-activities'
import type { ActivityState } from '~~/shared/types/desk-activities'

const PAGE = 30

/** Plans and activities of a unit and those below it, with what waits for the asker. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, state, find, page } = readQuery(event, ActivitiesQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const [rows, waiting] = await Promise.all([
    answerOf(desk.database.rpc('list_activities', { in_unit_id: unit.id, of_state: state, query: find, page_size: PAGE, skip: (page - 1) * PAGE })),
    answerOf(desk.database.rpc('activities_waiting', { in_unit_id: unit.id })),
  ])
  return {
    unit, trail, mayRun: desk.me.posts.some(post => post.sights.includes('people')), state: state ?? null, find, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE), total: rows[0]?.total ?? 0,
    waiting: waiting.map(row => ({ what: row.what as 'review' | 'changed' | 'admit' | 'draw' | 'confirm', activityId: row.activity_id!, sessionId: row.session_id, title: row.title!, host: row.host!, at: row.at!, people: row.people! })),
    activities: rows.map(row => ({
      id: row.id!, title: row.title!, host: row.host!, formZh: row.form_zh!, formEn: row.form_en!, state: row.state as ActivityState, nextAt: row.next_at, sessions: row.sessions!,
      signUp: row.sign_up as 'none' | 'session' | 'term', capacity: row.capacity, taken: row.taken, waiting: row.waiting!, unconfirmed: row.unconfirmed!,
    })),
  }
})
