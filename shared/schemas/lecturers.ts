import { z } from 'zod'
import { Day, Id, orNothing, Unit } from './fields'

const Words = (least: number, most: number, code: string) => z.string(code).trim().min(least, code).max(most, code)
const Clock = z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing')
const Category = z.string().regex(/^[a-z_]{1,40}$/, 'category_unknown')

export const WEEK = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'] as const
export const DAY_PARTS = ['am', 'pm', 'ev'] as const
/** Parts of the days of a week, as `sa_am`: morning until twelve, afternoon until six, evening. */
export const LECTURER_TIMES = WEEK.flatMap(day => DAY_PARTS.map(part => `${day}_${part}` as const))
/** The parts of a day that a time touches; none of what is not whole yet. */
export function partsOfDay(date: string, start: string, end: string): string[] {
  const at = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(at.valueOf()) || !start || end <= start) return []
  const day = WEEK[(at.getUTCDay() + 6) % 7]!
  return DAY_PARTS.filter((_part, place) => start < ['12:00', '18:00', '24:00'][place]! && end > ['00:00', '12:00', '18:00'][place]!).map(part => `${day}_${part}`)
}

export const LECTURER_STEPS = ['agree', 'refuse', 'done', 'cancel'] as const
export const LecturerId = z.object({ id: Id('lecturer_unknown') })
export const LecturerBookingId = z.object({ id: Id('booking_unknown') })
const Ticked = z.preprocess(value => value === 'yes' || value === true, z.boolean())
const tickedOf = (fields: Record<string, unknown>, beginning: string) =>
  Object.keys(fields).filter(name => name.startsWith(beginning) && fields[name]).map(name => name.slice(beginning.length))
/** Somebody of a team; boxes come as `category.law: yes` and `time.sa_am: yes`. */
export const LecturerEntry = z.preprocess((given) => {
  if (typeof given !== 'object' || given === null) return given
  const fields = given as Record<string, unknown>
  return { ...fields, categories: tickedOf(fields, 'category.'), times: tickedOf(fields, 'time.') }
}, z.object({
  unit: Unit, lecturer: orNothing(Id('lecturer_unknown')), version: orNothing(Id('lecturer_changed')),
  name: Words(2, 40, 'lecturer_name_missing'), title: Words(2, 40, 'lecturer_title_missing'), workplace: z.string().trim().max(60, 'workplace_invalid').refine(text => text.length !== 1, 'workplace_invalid').default(''),
  topics: Words(2, 300, 'topics_missing'), categories: z.array(Category).min(1, 'lecturer_categories_missing').max(8, 'lecturer_categories_missing'), availability: z.string().trim().max(200, 'availability_long').default(''),
  /** As one field: the form has one place for what is wrong with it. */
  times: z.custom<(typeof LECTURER_TIMES)[number][]>(given => Array.isArray(given) && given.every(one => LECTURER_TIMES.includes(one)), 'times_unknown'),
  phone: orNothing(z.string().trim().regex(/^\d[\d -]{4,19}$/, 'contact_phone_invalid')), listed: Ticked,
}))
export const LecturerRequest = z.object({
  unit: Unit, date: Day('date_missing'), start: Clock, end: Clock, topic: Words(2, 60, 'topic_missing'), place: Words(2, 60, 'place_missing'),
  /** They were asked and can come, though it is outside their times. */
  outside: Ticked,
}).refine(({ start, end }) => end > start, { path: ['end'], message: 'session_ends_first' })
/** Away from one day to another; or an absence that is no more. */
export const LecturerAway = z.object({ absence: orNothing(Id('absence_unknown')), from: orNothing(Day('date_missing')), until: orNothing(Day('date_missing')) })
  .refine(({ absence, from }) => absence ?? from, { path: ['from'], message: 'date_missing' })
  .refine(({ absence, until }) => absence ?? until, { path: ['until'], message: 'date_missing' })
  .refine(({ from, until }) => !from || !until || until >= from, { path: ['until'], message: 'away_ends_first' })
export const LecturerPlan = z.object({ category: Category })
/** A photo with consent, or that it is taken down. */
export const LecturerPhoto = z.object({ act: z.enum(['set', 'remove']).catch('set'), agreed: z.preprocess(value => value === 'yes', z.boolean()) })
  .refine(({ act, agreed }) => act === 'remove' || agreed, { path: ['agreed'], message: 'portrait_consent_missing' })
export const LecturerStep = z.object({
  step: z.enum(LECTURER_STEPS, 'choice_missing'), reason: z.string().trim().max(200, 'reason_too_long').default(''),
  listeners: orNothing(z.coerce.number('listeners_invalid').int('listeners_invalid').min(1, 'listeners_invalid').max(10_000, 'listeners_invalid')),
}).refine(({ step, reason }) => !['refuse', 'cancel'].includes(step) || reason.length >= 2, { path: ['reason'], message: 'activity_reason_missing' })
  .refine(({ step, listeners }) => step !== 'done' || listeners, { path: ['listeners'], message: 'listeners_invalid' })
export const LecturersQuery = z.object({ unit: orNothing(Unit), find: z.string().trim().max(60).catch('').default('') })
export const LecturerReachQuery = z.object({ unit: orNothing(Unit), year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined) })
export const LecturerSearch = z.object({
  category: z.preprocess(value => value === '' ? undefined : value, Category.optional()).catch(undefined), words: z.string().trim().max(40).catch('').default(''), page: z.coerce.number().int().min(1).max(1000).catch(1).default(1),
})
