import type { H3Event } from 'h3'
import { movedTerm } from '~~/server/activities/term-copy'
import type { TermActivity } from '~~/shared/types/desk-activities'
import type { Desk } from '../desk'

interface TermDays { from: string, to: string, start: string }

/** Which of the days can't be, and why; null where all can. */
export function wrongTermDays({ from, to, start }: TermDays): { field: 'to' | 'start', code: 'term_days_invalid' | 'term_start_past' } | null {
  if (from > to || Date.parse(to) - Date.parse(from) > 370 * 86_400_000) return { field: 'to', code: 'term_days_invalid' }
  return start <= chinaToday() ? { field: 'start', code: 'term_start_past' } : null
}

/** The activities of a unit in the days of a term, on the dates of a new one. 422 by day. */
export async function termAgain(event: H3Event, desk: Desk, unitId: number, days: TermDays) {
  const { from, to, start } = days
  const wrong = wrongTermDays(days)
  if (wrong) throw refusal(422, wrong.code, { field: wrong.field })
  const [held, { holidays }] = await Promise.all([answerOf(desk.database.rpc('term_to_copy', { in_unit_id: unitId, from_day: from, until_day: to })) as unknown as Promise<TermActivity[]>, publicHolidays(event, desk.database)])
  return movedTerm(held, start, holidays)
}
