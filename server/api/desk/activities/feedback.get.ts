import { DaysQuery } from '~~/shared/schemas/desk-activities'
import type { FeedbackCounts } from '~~/server/utils/activities/feedback'

const TERM_DAYS = 140

/** The latest sessions of a unit and those below of which something was said; `day` is the last. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, day = chinaToday() } = readQuery(event, DaysQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const from = new Date(Date.parse(day) - TERM_DAYS * 86_400_000).toISOString().slice(0, 10)
  const rows = await answerOf(desk.database.rpc('feedback_of_unit', { in_unit_id: unit.id, from_day: from, until_day: day, page_size: 100 }))
  return {
    unit, trail, from, day, total: rows[0]?.total ?? 0,
    sessions: rows.map(row => ({ id: row.session_id!, title: row.title!, host: row.host!, startsAt: row.starts_at!, came: row.came, ...row.counts as unknown as FeedbackCounts })),
  }
})
