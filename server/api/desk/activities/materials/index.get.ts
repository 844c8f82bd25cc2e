import { MaterialsQuery } from '~~/shared/schemas/materials'
import type { MaterialKind, MaterialState } from '~~/shared/types/materials'

const PAGE = 30
const DAY = 86_400_000
const TERM_DAYS = 140
const MOST_DAYS = 400

/** The sessions of a unit and those below it in the days of a term, each with how far its six materials are. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, from, to = chinaToday(), only, page } = readQuery(event, MaterialsQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const before = (days: number) => new Date(Date.parse(to) - days * DAY).toISOString().slice(0, 10)
  const since = [from ?? before(TERM_DAYS), before(MOST_DAYS)].sort()[1]!
  const rows = await answerOf(desk.database.rpc('sessions_with_materials', {
    in_unit_id: unit.id, from_day: since, until_day: to, only_those: only, page_size: PAGE, skip: (page - 1) * PAGE,
  }))
  const sums = rows[0]!
  return {
    unit, trail, from: since, to, only: only ?? null, page, pages: Math.ceil((sums.total ?? 0) / PAGE),
    all: sums.all_sessions!, complete: sums.complete!, missingOf: sums.missing_of as Record<MaterialKind, number>,
    sessions: rows.filter(row => row.session_id !== null).map(row => ({
      id: row.session_id!, title: row.title!, host: row.host!, startsAt: row.starts_at!,
      kinds: row.kinds as Record<MaterialKind, MaterialState>, missing: row.missing!, waiting: row.waiting!,
    })),
  }
})
