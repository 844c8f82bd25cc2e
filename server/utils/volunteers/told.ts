import type { NoticeRow } from '../activities/told'

interface ServiceDetails {
  reason?: string
  minutes?: number
  venueWas?: string
  role?: string
  outcome?: 'changed' | 'kept'
  /** The day by which a dispute was to be answered. */
  due?: string
  number?: string
}

/** What volunteers and teams are told, in words; undefined for what is told of activities. */
export function serviceNotice(lang: 'zh-CN' | 'en', { kind, title, startsAt, venue, details }: NoticeRow): string | undefined {
  const t = serviceToldIn(lang)
  const known = details as ServiceDetails
  const values = { title: title ?? '', time: startsAt ? formatMoment(startsAt, lang) : '', venue: venue ?? '', reason: known.reason ?? '', hours: formatNumber((known.minutes ?? 0) / 60) }
  switch (kind) {
    case 'shift_changed': return [...known.venueWas ? [t('service.shift_venue', { ...values, was: known.venueWas })] : [], ...known.role ? [t('service.shift_role', { ...values, role: known.role })] : []].join(lang === 'en' ? ' ' : '')
    case 'dispute_answered': return t(`service.dispute_${known.outcome!}`, values)
    case 'dispute_late': return t('service.dispute_late', { ...values, due: formatDate(known.due!, lang) })
    case 'certificate_ready': return t('service.certificate_ready', { ...values, number: known.number ?? '' })
    case 'volunteer_ended': case 'volunteer_accepted': case 'volunteer_refused': case 'shift_cancelled': case 'shift_soon': case 'place_got': case 'place_lost': case 'hours_confirmed':
    case 'hours_corrected': case 'hours_withdrawn': case 'hours_recounted': case 'room_agreed': case 'room_refused': case 'room_cancelled': return t(`service.${kind}`, values)
    default: return undefined
  }
}
