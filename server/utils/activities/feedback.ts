import type { Database } from '~~/shared/types/database'

/** What people can say, or said, of a session. */
export function feedbackRows(rows: Database['public']['Functions']['my_feedback']['Returns']) {
  return rows.map(row => ({
    session: row.session_id!, title: row.title!, host: row.host!, startsAt: row.starts_at!, endsAt: row.ends_at!,
    person: row.person_id!, name: row.name!, isMe: row.is_me!, until: row.until!,
    isByStaff: row.by_staff === true, said: row.satisfied === null ? null : { satisfied: String(row.satisfied), useful: String(row.useful), again: String(row.again) },
  }))
}

/** How many said yes, so so and no; a number that is hidden is null, and so are all before the fifth answer. */
export interface FeedbackCounts {
  answers: number
  /** How many of them are counted: whole fives. */
  shown: number
  questions: Record<'satisfied' | 'useful' | 'again', (number | null)[] | null>
}
