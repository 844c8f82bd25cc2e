import type { H3Event } from 'h3'
import { movedTerm } from '~~/server/activities/term-copy'
import type { TermActivity } from '~~/shared/types/desk-activities'
import type { Desk } from '../desk'

/** The activities of a unit in the days of a term, on the dates of a new one. */
export async function termAgain(event: H3Event, desk: Desk, unitId: number, { from, to, start }: { from: string, to: string, start: string }) {
  if (from > to || Date.parse(to) - Date.parse(from) > 370 * 86_400_000) throw refusal(422, 'term_days_invalid', { field: 'to' })
  if (start <= chinaToday()) throw refusal(422, 'term_start_past', { field: 'start' })
  const [held, holidays] = await Promise.all([answerOf(desk.database.rpc('term_to_copy', { in_unit_id: unitId, from_day: from, until_day: to })) as unknown as Promise<TermActivity[]>, publicHolidays(event)])
  return movedTerm(held, start, holidays)
}
