import { DeskUnitQuery } from '~~/shared/schemas/volunteers'

/** Disputes about hours in a unit and those below it, the most urgent first. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, DeskUnitQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const rows = await answerOf(desk.database.rpc('service_disputes_at_desk', { in_unit_id: unit.id }))
  return {
    unit, trail,
    disputes: rows.map(row => ({
      id: row.id!, shift: row.shift_id!, name: row.name!, title: row.title!, unit: row.unit_name!,
      startsAt: inChina(row.starts_at!), endsAt: inChina(row.ends_at!),
      from: row.started_at ? inChina(row.started_at) : null, to: row.ended_at ? inChina(row.ended_at) : null,
      minutes: row.minutes, words: row.words!, askedAt: row.asked_at!, dueOn: row.due_on!, daysLeft: row.days_left!, outcome: row.outcome as 'changed' | 'kept' | null, answer: row.answer, answeredAt: row.answered_at, isOwn: row.is_own!,
    })),
  }
})
