import type { H3Event } from 'h3'
import type { ActivityContent, MySignUp } from '~~/shared/types/activities'
import type { Database } from '~~/shared/types/database'

type Functions = Database['public']['Functions']
type SignUpRow = Pick<Functions['my_signups']['Returns'][number], 'signup_id' | 'status'>
type Numbers = readonly Functions['my_draw_entries']['Returns'][number][]
/** What a helper can have done. */
export type HelperAct = 'confirmed' | 'waiting' | 'asked' | 'cancelled' | 'declined' | 'on_leave' | 'back'
interface Named { zh: string, en: string }

/** As public.conditions_of_activity() answers. */
export interface Conditions { level: Named | null, least: number | null, of: Named | null, since: string | null, newcomers: 'as_all' | 'first' | 'only', unit: string }

interface Row { kind: string, admission: string, sign_up: string, closes_at: string | null, minors: string, ages: unknown, minors_staff: string[] | null, fee_fen: number }

/** How seats are given, and who may come, in words. */
export function toldOfActivity(event: H3Event, row: Row, conditions: Conditions | null): Omit<ActivityContent['told'], 'earns'> {
  const t = activityTold(event)
  const isDraw = row.admission === 'draw' && row.sign_up !== 'none'
  const isOver = row.closes_at !== null && Date.parse(row.closes_at) <= Date.now()
  return {
    admission: row.admission === 'approval' ? t('told.approval') : isDraw && !isOver ? t(conditions?.newcomers === 'first' ? 'told.drawNewcomers' : 'told.draw') : null,
    button: row.admission === 'approval' ? t('told.ask') : isDraw ? t('told.enter') : null,
    draw: isDraw ? t('told.page') : null,
    who: [...row.kind === 'staff_training' ? [t('told.staffOnly')] : [], ...conditions ? conditionWords(event, conditions) : [], ...minorWords(event, row)],
  }
}

/** How many seats a draw is about, or that they are given; undefined where the usual words will do. */
export function seatWords(event: H3Event, row: Pick<Row, 'admission' | 'sign_up' | 'closes_at'>, { capacity, taken, held }: { capacity: number, taken: number, held: number }): string | undefined {
  const { admission, closes_at: closesAt } = row
  if (admission !== 'draw') return undefined
  if (taken + held >= capacity) return activityTold(event)('told.drawn')
  // Some were seated and some seats are left: whoever comes now is told how many, as anywhere.
  return closesAt !== null && Date.parse(closesAt) <= Date.now() && taken > 0 ? undefined : activityTold(event)('told.seats', { count: capacity })
}

/** Who looks after children that come, and that they come free of charge. */
function minorWords(event: H3Event, { minors, ages, minors_staff: staff, fee_fen: fee }: Row): string[] {
  const t = activityTold(event)
  const [, youngest] = /^\[(\d+),/.exec(String(ages)) ?? []
  if (minors === 'not' || Number(youngest ?? 0) >= 18) return []
  return [...staff?.length ? [t('told.minorsStaff', { names: staff.join(t('told.names')) })] : [], ...fee > 0 ? [t('told.minorsFree')] : []]
}

function conditionWords(event: H3Event, { level, least, of, since, newcomers, unit }: Conditions): string[] {
  const t = activityTold(event)
  const named = (one: Named) => preferencesOf(event).lang === 'en' ? one.en : one.zh
  return [
    ...level ? [t('told.level', { named: named(level) })] : [],
    ...least !== null && of ? [t(since ? 'told.cameSince' : 'told.came', { named: named(of), least, since: since ?? '' })] : [],
    ...newcomers === 'as_all' ? [] : [t(`told.${newcomers}`, { unit })],
  ]
}

/** How a sign-up stands, by its status alone: said by the server, as residents' pages have no room for every case. */
export function standingWords(event: H3Event, { status, ahead, offerEndsAt, endReason }: Pick<MySignUp, 'status' | 'ahead' | 'offerEndsAt' | 'endReason'>): string {
  return activityTold(event)(`told.states.${status === 'waiting' && ahead === 0 ? 'next' : status as 'asked'}`, {
    count: ahead ?? 0, until: offerEndsAt ? formatMoment(offerEndsAt, preferencesOf(event).lang) : '', reason: endReason ?? '',
  })
}

/** How a sign-up stands that waits for a draw: with its number. Undefined where the usual words will do. */
export function drawWords(event: H3Event, { signup_id: id, status }: SignUpRow, numbers: Numbers): string | undefined {
  const number = status === 'asked' ? numbers.find(one => one.signup_id === id)?.number : undefined
  return number ? activityTold(event)('told.entered', { number }) : undefined
}

interface NoticeDetails {
  number?: number
  place?: number | boolean
  /** The time or, of an activity, the name before. */
  was?: string
  time?: boolean
  room?: string | null
  term?: boolean
  lecturer?: string
  feeFen?: number
  feeFor?: string
  youngest?: number
  oldest?: number
  who?: boolean
  /** A place that goes by another name. */
  venueWas?: string
  venueIs?: string
  /** What a helper did, and whose name the helper has. */
  what?: HelperAct
  by?: string
  outcome?: 'changed' | 'kept'
  reason?: string
}
export interface NoticeRow { kind: string | null, title: string | null, startsAt: string | Date | null, venue: string | null, details: unknown }

/** What a notice says that names what changed, how a draw ended, what a helper did, how a record was answered, or of service and rooms; else undefined: usual words will do. */
export function noticeWords(lang: 'zh-CN' | 'en', { kind, title, startsAt, venue, details }: NoticeRow): string | undefined {
  const t = activityToldIn(lang)
  const known = details as NoticeDetails
  const moment = (at: string | Date | null | undefined) => at ? formatMoment(at, lang) : ''
  const values = { title: title ?? '', time: moment(startsAt), venue: [venue, known.room].filter(Boolean).join(' '), was: moment(/^\d{4}-\d\d-\d\dT/.test(known.was ?? '') ? known.was : null) }
  switch (kind) {
    case 'draw_seat': case 'draw_line': return t(`told.${kind}`, { ...values, number: known.number ?? 0, place: Number(known.place ?? 0) })
    // Notices of before say only that something changed.
    case 'session_changed': return known.time === undefined ? undefined : t(`told.session.${known.time ? known.place ? 'both' : 'time' : 'place'}`, values)
    case 'session_added': return t(`told.session.${known.term ? 'addedToTerm' : 'added'}`, values)
    case 'session_made_up': return t('told.session.madeUp', values)
    case 'activity_changed': return t('told.changed', { ...values, changes: changeWords(t, known).join(t('told.change.and')) })
    case 'child_left': return t('told.childLeft', values)
    case 'helper_acted': return t(`told.helper.${known.what!}`, { ...values, by: known.by ?? '' })
    case 'record_answered': return t(`told.record.${known.outcome!}`, { ...values, reason: known.reason ?? '' })
    default: return serviceNotice(lang, { kind, title, startsAt, venue, details }) ?? creditNotice(lang, { kind, title, startsAt, venue, details })
  }
}

function changeWords(t: ReturnType<typeof activityToldIn>, { was, lecturer, feeFen, feeFor, youngest = 0, oldest, who, venueWas, venueIs = '' }: NoticeDetails): string[] {
  return [
    ...was ? [t('told.change.was', { was })] : [],
    ...lecturer === undefined ? [] : [t(lecturer ? 'told.change.lecturer' : 'told.change.noLecturer', { lecturer })],
    ...feeFen === undefined ? [] : [t(feeFen ? 'told.change.fee' : 'told.change.free', { yuan: String(feeFen / 100), what: feeFor ?? '' })],
    ...oldest === undefined ? [] : [t(youngest > 0 || oldest < 120 ? 'told.change.ages' : 'told.change.anyAge', { youngest, oldest })],
    ...who ? [t('told.change.who')] : [],
    ...venueWas ? [t('told.change.venue', { was: venueWas, now: venueIs })] : [],
  ]
}
