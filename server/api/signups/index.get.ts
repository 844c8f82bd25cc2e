import type { Database } from '~~/shared/types/database'

/** The sign-ups of the asker and the children in care, what they were told, and since when there is a calendar. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const [signups, numbers, notices, calendarSince, waits] = await Promise.all([
    answerOf(database.rpc('my_signups')), answerOf(database.rpc('my_draw_entries')),
    answerOf(database.rpc('my_notices', { page_size: 30 })), answerOf(database.rpc('my_calendar_since')) as Promise<string | null>, waitsWithSeat(database),
  ])
  const now = new Date().toISOString()
  return {
    signups: signups.map(row => ({ row, said: mySignUp(row, signups, drawWords(event, row, numbers)) })).map(({ row: one, said }) => ({
      ...said, words: said.words ?? waitWords(event, said, waits) ?? standingWords(event, said),
      code: one.activity_code!, title: one.title!, host: one.host!, venue: one.venue!, room: one.room, signUp: one.sign_up!,
      startsAt: one.starts_at, endsAt: one.ends_at,
      isComing: one.ended_at === null && Date.parse(one.last_ends_at ?? now) > Date.parse(now), onLeave: one.on_leave!,
      cancelReason: one.activity_status === 'cancelled' || one.end_reason === 'session_cancelled' ? one.cancel_reason : null,
      clash: one.clash,
    })),
    notices: notices.map(one => ({
      id: one.id!, name: one.name!, isMe: one.is_me!, kind: one.kind as NoticeKind,
      text: noticeWords(preferencesOf(event).lang, { kind: one.kind, title: one.title, startsAt: one.starts_at, venue: one.venue, details: one.details }),
      to: leadsTo(one), title: one.title!, startsAt: one.starts_at, venue: one.venue ?? '',
      details: one.details as { until?: string, was?: string, reason?: string, status?: string }, at: one.at!, isRead: one.read_at !== null,
    })),
    calendarSince,
    /** How the page of missed seats is called. */
    missed: activityTold(event)('told.missed'),
    /** That of fewer seats and other sessions. */
    seats: calendarToldIn(preferencesOf(event).lang)('moves.link'),
    /** And that of records to put right. */
    records: activityTold(event)('told.records'),
  }
})

/** What a notice asks for, else the activity. */
function leadsTo({ kind, activity_code: code, session_id: session, details }: Pick<Told, 'kind' | 'activity_code' | 'session_id' | 'details'>): string {
  switch (kind) {
    case 'feedback_asked': return `/feedback/${session}`
    case 'record_answered': return '/my/records'
    case 'seat_empty': return '/my/no-shows'
    case 'volunteer_accepted': case 'volunteer_refused': case 'volunteer_ended': return '/volunteers'
    case 'room_agreed': case 'room_refused': case 'room_cancelled': return '/my/team-rooms'
    case 'case_asked': case 'case_recognised': case 'case_declined': case 'case_upheld': case 'case_annulled': case 'case_lapsed': return '/credits/recognition'
    case 'award_approved': case 'award_refused': case 'award_taken_back': return '/credits/awards'
    case 'hold_timed_out': return '/credits/rewards'
    case 'certificate_ready': return `/credits/certificates/${(details as { code: string }).code}`
    default: return code ? `/activities/${code}` : '/my/service'
  }
}

type Told = Database['public']['Functions']['my_notices']['Returns'][number]
type NoticeKind = 'session_changed' | 'session_cancelled' | 'activity_cancelled' | 'seat_offered' | 'seat_lapsed' | 'signup_accepted' | 'signup_refused' | 'session_soon' | 'feedback_asked' | 'seat_empty'
