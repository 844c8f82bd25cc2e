import { DeskUnitQuery } from '~~/shared/schemas/volunteers'

/** What residents ask to have put right of the sessions of a unit and those below it, the most urgent first. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, DeskUnitQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const rows = await answerOf(desk.database.rpc('record_requests_at_desk', { in_unit_id: unit.id }))
  return {
    unit, trail,
    requests: rows.map(row => ({
      id: row.id!, session: row.session_id!, title: row.title!, host: row.host!, startsAt: row.starts_at!, endsAt: row.ends_at!, personId: row.person_id!, name: row.name!,
      kind: row.kind as RecordKind, words: row.words!, standing: row.standing as 'counted' | 'marked' | 'none', askedAt: row.asked_at!, dueOn: row.due_on!, daysLeft: row.days_left!,
      outcome: row.outcome as 'changed' | 'kept' | null, answer: row.answer, isOwn: row.is_own!,
    })),
  }
})
