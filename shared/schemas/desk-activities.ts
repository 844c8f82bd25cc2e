import { z } from 'zod'
import { HEAD_COUNT_KINDS } from './head-counts'
import { Registration, RELATIONS } from './people'

export const ACTIVITY_STATES = ['draft', 'submitted', 'coming', 'over', 'cancelled'] as const
/** Those whose heads can be counted, and trainings of staff, whose people all have names. */
export const ACTIVITY_KINDS = [...HEAD_COUNT_KINDS, 'staff_training'] as const
export const SIGN_UP_WAYS = ['none', 'session', 'term'] as const
export const ADMISSIONS = ['first_come', 'approval', 'draw'] as const
export const CAME_TO = ['host', 'activity', 'category'] as const
export const NEWCOMERS = ['as_all', 'first', 'only'] as const
export const MINORS = ['with_guardian', 'welcome', 'not'] as const
export const CONSENTS = ['present', 'phone', 'written'] as const
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export const RHYTHMS = ['weekly', 'biweekly', 'monthly'] as const
export const WEEKS_OF_MONTH = ['1', '2', '3', '4', '-1'] as const
const MOST_SESSIONS = 120

const unlessEmpty = <T extends z.ZodType>(schema: T) => z.preprocess(value => typeof value === 'string' && value.trim() === '' ? undefined : value, schema.optional())
const Id = (code: string) => z.coerce.number({ error: code }).int(code).positive(code).max(Number.MAX_SAFE_INTEGER, code)
const Unit = z.string('unit_unknown').regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown')
const isDay = (day: string) => !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day)
const Day = z.string('date_missing').regex(/^2[01]\d{2}-\d{2}-\d{2}$/, 'date_missing').refine(isDay, 'date_missing')
const Clock = z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing')
/** A moment as `datetime-local` gives it, at China's clock. */
const Moment = z.string('date_missing').regex(/^2[01]\d{2}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d(?::\d{2})?$/, 'date_missing').refine(at => isDay(at.slice(0, 10)), 'date_missing')
const Words = (most: number, code: string) => z.string(code).trim().max(most, code).default('')
const Seats = z.coerce.number('capacity_invalid').int('capacity_invalid').min(1, 'capacity_invalid').max(5000, 'capacity_invalid')
const Ticked = z.preprocess(value => value === 'yes' || value === true, z.boolean())

/** Rows of a plain form: `s0.date`, `s0.start` … in the order of their numbers. */
function rowsOf(fields: Record<string, unknown>): Record<string, unknown>[] {
  const rows: Record<number, Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(fields)) {
    const [, place, field] = /^s(\d{1,3})\.(id|date|start|end|venue|room|seats)$/.exec(name) ?? []
    if (field) (rows[Number(place)] ??= {})[field] = value
  }
  return Object.keys(rows).map(Number).sort((a, b) => a - b).map(place => rows[place]!)
}

/** Boxes of a plain form: the endings of those that begin so and are ticked. */
function tickedOf(fields: Record<string, unknown>, beginning: string): string[] {
  return Object.keys(fields).filter(name => name.startsWith(beginning) && fields[name] !== '').map(name => name.slice(beginning.length))
}

const flat = <T extends z.ZodType>(schema: T) => z.preprocess((fields) => {
  if (typeof fields !== 'object' || fields === null) return fields
  const given = fields as Record<string, unknown>
  return { ...given, sessions: rowsOf(given), forGroups: tickedOf(given, 'group.'), days: tickedOf(given, 'day.') }
}, schema)

const SessionRow = z.object({
  id: unlessEmpty(Id('session_unknown')), date: Day, start: Clock, end: Clock, venue: Words(60, 'venue_too_long'), room: Words(60, 'room_too_long'), seats: unlessEmpty(Seats),
}).refine(({ start, end }) => end > start, { error: 'session_ends_first', path: ['end'] })
/** A row while it is typed: what is not whole yet clashes with nothing. */
const TypedRow = z.object({ id: z.string().regex(/^\d{0,15}$/).catch(''), date: z.string().max(20).default(''), start: z.string().max(10).default(''), end: z.string().max(10).default(''), venue: z.string().max(200).default(''), room: z.string().max(200).default('') })

/** A plan with its sessions, as the form sends it. */
export const ActivityPlan = flat(z.object({
  unit: Unit,
  activity: unlessEmpty(Id('activity_unknown')),
  version: unlessEmpty(Id('activity_changed')),
  copiedFrom: unlessEmpty(Id('activity_unknown')),
  title: z.string('activity_title_missing').trim().min(2, 'activity_title_missing').max(60, 'activity_title_missing'),
  kind: z.enum(ACTIVITY_KINDS, 'activity_kind_missing'),
  form: z.string('activity_form_missing').regex(/^[a-z_]{1,40}$/, 'activity_form_missing'),
  category: z.string('category_unknown').regex(/^[a-z_]{1,40}$/, 'category_unknown'),
  summary: Words(2000, 'summary_too_long'),
  department: unlessEmpty(z.string().trim().min(2, 'name_of_two').max(60, 'name_of_two')),
  lecturer: unlessEmpty(z.string().trim().min(2, 'name_of_two').max(60, 'name_of_two')),
  venue: Words(60, 'venue_too_long'),
  room: Words(60, 'room_too_long'),
  phone: unlessEmpty(z.string().trim().regex(/^\d[\d -]{4,19}$/, 'contact_phone_invalid')),
  /** Yuan, to the fen. */
  fee: unlessEmpty(z.coerce.number('fee_invalid').min(0, 'fee_invalid').max(1000, 'fee_invalid').refine(yuan => Math.abs(yuan * 100 - Math.round(yuan * 100)) < 1e-6, 'fee_invalid')),
  feeFor: unlessEmpty(z.string().trim().min(2, 'fee_reason_missing').max(60, 'fee_reason_missing')),
  minors: z.enum(MINORS, 'input_invalid').default('with_guardian'),
  /** Who looks after children that come by themselves: names between commas. */
  minorsStaff: z.string().max(100, 'minors_staff_invalid').default('').transform(names => names.split(/[,，、;；\n]+/).map(name => name.trim()).filter(Boolean))
    .refine(names => names.length <= 4 && names.every(name => name.length >= 2 && name.length <= 20), 'minors_staff_invalid'),
  youngest: unlessEmpty(z.coerce.number('ages_invalid').int('ages_invalid').min(0, 'ages_invalid').max(120, 'ages_invalid')),
  oldest: unlessEmpty(z.coerce.number('ages_invalid').int('ages_invalid').min(0, 'ages_invalid').max(120, 'ages_invalid')),
  forUnit: unlessEmpty(Unit),
  forGroups: z.array(z.string().regex(/^[a-z_]{1,40}$/, 'group_unknown')).max(40, 'group_unknown'),
  signUp: z.enum(SIGN_UP_WAYS, 'sign_up_missing'),
  admission: z.enum(ADMISSIONS, 'input_invalid').default('first_come'),
  forLevel: unlessEmpty(z.coerce.number('level_unknown').int('level_unknown').min(1, 'level_unknown').max(10, 'level_unknown')),
  cameLeast: unlessEmpty(z.coerce.number('came_least_invalid').int('came_least_invalid').min(1, 'came_least_invalid').max(100, 'came_least_invalid')),
  cameOf: z.enum(CAME_TO, 'input_invalid').default('host'),
  cameActivity: unlessEmpty(z.string().trim().regex(/^[2-9a-hjkmnp-z]{8}$/, 'came_activity_unknown')),
  cameCategory: unlessEmpty(z.string().regex(/^[a-z_]{1,40}$/, 'category_unknown')),
  cameSince: unlessEmpty(Day),
  newcomers: z.enum(NEWCOMERS, 'input_invalid').default('as_all'),
  opensAt: unlessEmpty(Moment),
  closesAt: unlessEmpty(Moment),
  seats: unlessEmpty(Seats),
  sessions: z.array(SessionRow).min(1, 'sessions_missing').max(MOST_SESSIONS, 'sessions_too_many'),
}))
export type ActivityPlan = z.infer<typeof ActivityPlan>

/** What may clash, while it is typed. */
export const ActivityLook = flat(z.object({
  unit: Unit, activity: unlessEmpty(Id('activity_unknown')), venue: z.string().max(200).default(''), room: z.string().max(200).default(''), lecturer: z.string().max(200).default(''),
  copiedFrom: unlessEmpty(Id('activity_unknown')), forUnit: unlessEmpty(Unit), forGroups: z.array(z.string().max(40)).max(40, 'group_unknown'),
  sessions: z.array(TypedRow).max(MOST_SESSIONS, 'sessions_too_many'),
}))

/** A rule by which sessions repeat (RFC 5545): it ends by a count or by a day. */
export const Repeat = flat(z.object({
  repeatFrom: Day, repeatStart: Clock, repeatEnd: Clock,
  rhythm: z.enum(RHYTHMS, 'repeat_rhythm_missing').default('weekly'),
  days: z.array(z.enum(WEEKDAYS, 'repeat_days_missing')),
  weekOfMonth: z.enum(WEEKS_OF_MONTH, 'input_invalid').default('1'),
  count: unlessEmpty(z.coerce.number('repeat_count_invalid').int('repeat_count_invalid').min(1, 'repeat_count_invalid').max(MOST_SESSIONS, 'repeat_count_invalid')),
  until: unlessEmpty(Day),
  /** Days that are left out, between commas, spaces or lines. */
  except: z.string().max(2000, 'repeat_except_invalid').default('').transform((text, context) => {
    const list = text.split(/[\s,，、;；]+/).filter(Boolean)
    if (list.length > 100 || list.some(day => !Day.safeParse(day).success)) context.addIssue({ code: 'custom', message: 'repeat_except_invalid' })
    return list
  }),
  skipHolidays: Ticked,
}).refine(({ repeatStart, repeatEnd }) => repeatEnd > repeatStart, { error: 'session_ends_first', path: ['repeatEnd'] })
  .refine(({ count, until }) => count !== undefined || until !== undefined, { error: 'repeat_endless', path: ['count'] }))
export type Repeat = z.infer<typeof Repeat>

export const ActivitiesQuery = z.object({
  unit: unlessEmpty(Unit), state: z.preprocess(value => value === '' ? undefined : value, z.enum(ACTIVITY_STATES).optional()).catch(undefined),
  find: z.string().trim().max(60, 'name_too_long').catch(''), page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
/** `copy`: the activity that is held again; `first`: the day of its first session then. */
export const ActivityFormQuery = z.object({ unit: unlessEmpty(Unit), activity: unlessEmpty(Id('activity_unknown')), copy: unlessEmpty(Id('activity_unknown')), first: unlessEmpty(Day) })
export const ActivityId = z.object({ id: Id('activity_unknown') })
/** Of many homes, those of which township are listed for somebody who is registered at the door. */
export const RosterQuery = z.object({ township: unlessEmpty(Unit) })
export const SessionId = z.object({ id: Id('session_unknown') })
export const SignupId = z.object({ id: Id('signup_unknown') })
const Reason = z.string('activity_reason_missing').trim().min(2, 'activity_reason_missing').max(200, 'activity_reason_missing')
export const ActivityReason = z.object({ reason: Reason })
/** The last change that was on the page when somebody said they saw it. */
export const ChangesSeen = z.object({ last: Id('activity_unknown') })
export const DaysQuery = z.object({ unit: unlessEmpty(Unit), day: z.preprocess(value => value === '' ? undefined : value, Day.optional()).catch(undefined) })
export const TermQuery = z.object({ unit: unlessEmpty(Unit), from: z.preprocess(value => value === '' ? undefined : value, Day.optional()).catch(undefined), to: z.preprocess(value => value === '' ? undefined : value, Day.optional()).catch(undefined) })

const COMPANION = /^with-([1-9]\d{0,14})$/
/** Somebody, and with them whoever is ticked as `with-<person>`. */
export const SignupEntry = z.looseObject({ pool: Id('session_unknown'), person: Id('person_missing'), consent: z.enum(CONSENTS, 'consent_missing') })
  .transform(({ pool, person, consent, ...fields }) => {
    const beside = Object.keys(fields).flatMap(name => COMPANION.exec(name)?.[1] ?? []).map(Number)
    return { pool, consent, people: [...new Set([person, ...beside])] }
  })
export const CompanionsQuery = z.object({ person: Id('person_missing') })
export const SignupDecision = z.object({ decision: z.enum(['admit', 'refuse'], 'choice_missing'), reason: Words(200, 'reason_too_long') })
  .refine(({ decision, reason }) => decision === 'admit' || reason.length >= 2, { error: 'activity_reason_missing', path: ['reason'] })
export const SignupPriority = z.object({ priority: z.coerce.number('priority_invalid').int('priority_invalid').min(0, 'priority_invalid').max(9, 'priority_invalid'), reason: Words(200, 'reason_too_long') })
  .refine(({ priority, reason }) => priority === 0 || reason.length >= 2, { error: 'activity_reason_missing', path: ['reason'] })
/** `together`: children who would be left alone go along. */
export const SignupCancel = z.object({ reason: Words(200, 'reason_too_long'), together: unlessEmpty(z.literal('yes', 'input_invalid')) })
export const SignupsFileQuery = z.object({ format: z.enum(['csv', 'xlsx']).catch('csv') })

/** Why a seat is added for whoever came when all are taken. */
const ExtraSeat = unlessEmpty(z.string('activity_reason_missing').trim().min(2, 'activity_reason_missing').max(200, 'activity_reason_missing'))
/** A presence, as it is ticked. The number of the mark is made where it is made, so that one sent twice is one. */
export const AttendanceMark = z.object({ person: Id('person_unknown'), method: z.enum(['roster', 'walk_in', 'paper', 'card'], 'input_invalid').default('roster'), mark: unlessEmpty(z.uuid('input_invalid')), extra: ExtraSeat })
export const AttendanceUnmark = z.object({ person: Id('person_unknown') })
export const RosterSearch = z.object({ find: z.string().trim().max(200, 'name_too_long').default('') })
/** Somebody who came and is not known yet: the fewest facts of a registration. Who lives elsewhere says the township and village. */
export const WalkIn = Registration.pick({ name: true, sex: true, birthYear: true, phone: true, confirmed: true })
  .extend({ residenceUnitId: unlessEmpty(Registration.shape.residenceUnitId), elsewhere: unlessEmpty(z.string().trim().max(60, 'home_elsewhere_unknown')), mark: unlessEmpty(z.uuid('input_invalid')), extra: ExtraSeat,
    /** Of a child: a card, phone or name that says one person, what that person is to the child, and that they agree. */
    guardian: unlessEmpty(z.string().trim().max(200, 'name_too_long')), relation: unlessEmpty(z.enum(RELATIONS, 'relation_missing')), consent: Ticked })
  .refine(({ guardian, relation }) => guardian === undefined || relation !== undefined, { error: 'relation_missing', path: ['relation'] })
  .refine(({ residenceUnitId, elsewhere }) => residenceUnitId !== undefined || elsewhere !== undefined, { error: 'residence_invalid', path: ['residenceUnitId'] })

const ONE_YEAR_MS = 366 * 86_400_000
/** What a device wrote down of one person: when by its own clock, and how far ours was ahead of it (`clockOffMs`). */
export const DeviceMark = z.object({
  clientId: z.uuid('input_invalid'),
  person: Id('person_unknown').optional(),
  card: z.string('input_invalid').max(200, 'input_invalid').optional(),
  method: z.enum(['roster', 'walk_in', 'card'], 'input_invalid'),
  deviceAt: z.iso.datetime({ error: 'input_invalid' }),
  clockOffMs: z.int('input_invalid').min(-ONE_YEAR_MS, 'input_invalid').max(ONE_YEAR_MS, 'input_invalid'),
}).refine(({ person, card }) => (person === undefined) !== (card === undefined), { error: 'input_invalid' })

/** A piece of a device's log. Each mark is read by itself, so that one that is damaged holds up no other; one without its id is answered by its place. */
export const DeviceLog = z.object({
  device: z.string('device_missing').trim().min(1, 'device_missing').max(40, 'device_missing'),
  marks: z.array(z.unknown(), 'marks_invalid').min(1, 'marks_invalid').max(100, 'marks_invalid'),
})

/** A photo of a signed sheet that is kept. */
export const SheetFile = z.object({ file: z.uuid('file_unknown') })

/** What a helper of a session does: kept in these words. */
export const HELPER_ROLES = ['现场服务', '助教', '主讲'] as const
export const SessionHelperEntry = z.object({ person: Id('person_missing'), role: z.enum(HELPER_ROLES, 'helper_role_missing') })
export const SessionHelperRemoval = z.object({ place: Id('place_unknown'), reason: Words(200, 'reason_too_long') })
export const SessionShift = z.object({ shift: Id('shift_unknown'), tied: Ticked })

export const REVIEW_WAYS = ['inherit', 'by_above', 'by_itself'] as const
export const ReviewsQuery = z.object({ unit: unlessEmpty(Unit) })
export const ReviewEntry = z.object({ unit: Unit, way: z.enum(REVIEW_WAYS, 'choice_missing') })

const MaybeDay = z.preprocess(value => value === '' ? undefined : value, Day.optional())
/** The days of a term, and the first day of the term in which it is held again. */
export const TermAgainQuery = z.object({ unit: unlessEmpty(Unit), from: MaybeDay, to: MaybeDay, start: MaybeDay })
/** Which activities: boxes `a.<id>`. */
export const TermAgain = z.preprocess(fields => typeof fields === 'object' && fields !== null ? { ...fields, activities: tickedOf(fields as Record<string, unknown>, 'a.') } : fields, z.object({
  unit: Unit, from: Day, to: Day, start: Day, activities: z.array(Id('activity_unknown')).min(1, 'term_nothing_chosen').max(200, 'term_nothing_chosen'),
}))

export const SessionHeads = z.object({ persons: z.coerce.number('head_count_number').int('head_count_number').min(0, 'head_count_number').max(100_000, 'head_count_number'), note: Words(200, 'note_too_long') })

export const MakeUp = z.object({ date: Day, start: Clock, end: Clock, venue: Words(60, 'venue_too_long'), room: Words(60, 'room_too_long') })
  .refine(({ start, end }) => end > start, { error: 'session_ends_first', path: ['end'] })
