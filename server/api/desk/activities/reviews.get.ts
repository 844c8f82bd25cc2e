import { ReviewsQuery } from '~~/shared/schemas/desk-activities'

/** How the plans of a place and of those right below it are published. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, ReviewsQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const rows = await answerOf(desk.database.rpc('activity_reviews_at', { in_unit_id: unit.id }))
  return {
    unit, trail,
    places: rows.map(row => ({ code: row.code!, name: row.name!, way: row.way as 'by_above' | 'by_itself' | null, saidBy: row.said_by, reviewed: row.reviewed!, maySet: row.may_set! })),
  }
})
