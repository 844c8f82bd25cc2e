import type { NoticeRow } from '../activities/told'

/** What is told of recognition, awards and rewards, in words; undefined for what is told of something else. */
export function creditNotice(lang: 'zh-CN' | 'en', { kind, title, details }: NoticeRow): string | undefined {
  const { reason = '', milliCredits = 0 } = details as { reason?: string, milliCredits?: number }
  switch (kind) {
    case 'case_asked': case 'case_recognised': case 'case_declined': case 'case_upheld': case 'case_annulled': case 'case_lapsed':
    case 'award_approved': case 'award_refused': case 'award_taken_back': case 'hold_timed_out':
      return linesIn(lang)(`credit.${kind}`, { title: title ?? '', reason, credits: formatCredits(milliCredits) })
    default: return undefined
  }
}
