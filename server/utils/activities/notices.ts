interface NoticeToText {
  id: string
  kind: 'seat_offered' | 'session_changed' | 'session_cancelled' | 'activity_cancelled' | 'session_soon' | 'draw_seat' | 'draw_line' | 'signup_accepted' | 'signup_refused' | 'session_added' | 'activity_changed'
    | 'session_made_up' | 'helper_acted' | 'record_answered' | 'volunteer_accepted' | 'volunteer_refused' | 'volunteer_ended' | 'shift_cancelled' | 'shift_changed' | 'shift_soon' | 'place_got' | 'place_lost'
    | 'hours_confirmed' | 'hours_corrected' | 'hours_withdrawn' | 'dispute_answered' | 'dispute_late' | 'room_agreed' | 'room_refused' | 'room_cancelled' | 'child_left'
    | 'case_asked' | 'case_recognised' | 'case_declined' | 'case_upheld' | 'case_annulled' | 'case_lapsed' | 'award_approved' | 'award_refused' | 'award_taken_back' | 'hold_timed_out'
  title: string
  starts_at: Date | null
  venue: string | null
  details: { until?: string, reason?: string, by?: string }
  /** The child's name, where the number is the guardian's or the helper's. */
  for_name: string | null
  cipher: Buffer
  key_id: number
}

const BATCH = 20

/** Sends a batch of notices that wait by text message; each was taken before, so that it goes out once. Says of nobody who it was. */
export async function sendNotices(): Promise<{ sent: number, failed: number }> {
  const notices = await jobsSql()<NoticeToText[]>`select * from private.take_notices_to_text(${BATCH})`
  let failed = 0
  for (const notice of notices) {
    try { await smsSender().send(openContact('phone', { cipher: notice.cipher, keyId: notice.key_id }), noticeText(notice)) }
    catch (error) {
      failed++
      await jobsSql()`select private.notice_not_texted(${notice.id})`
      console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'text-notices', error: `notice ${notice.id}: ${(error as { data?: { code?: string } }).data?.code ?? (error as Error).name}` }))
    }
  }
  return { sent: notices.length - failed, failed }
}

/** A notice as a text message: what, when, and where to answer. */
export function noticeText({ kind, title, starts_at: startsAt, venue, details, for_name: name }: Omit<NoticeToText, 'id' | 'cipher' | 'key_id'>): string {
  const moment = (value: string | Date | null | undefined) => value ? formatMoment(value, 'zh-CN') : ''
  // What leaves the house names nobody in full.
  const told = { ...details, ...details.by && { by: maskedName(details.by) } }
  const text = noticeWords('zh-CN', { kind, title, startsAt, venue, details: told })
    ?? activityTexts(`myActivities.told.${kind as 'session_changed'}`, { title, venue: venue ?? '', time: moment(startsAt), until: moment(details.until), reason: details.reason ?? '' })
  const said = name ? activityTexts('myActivities.told.for', { name: maskedName(name), text }) : text
  return `【邻学】${said}${kind === 'seat_offered' ? ` ${portalSettings().siteUrl}/my/activities` : ''}`
}
