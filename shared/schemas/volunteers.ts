import { z } from 'zod'
import { VOLUNTEER_SOURCES } from '../utils/volunteer-sources'

export const VOLUNTEER_STATES = ['asked', 'active', 'refused', 'ended'] as const

const Id = (code: string) => z.coerce.number({ error: code }).int(code).positive(code).max(Number.MAX_SAFE_INTEGER, code)
const Serial = (code: string) => Id(code).max(2_147_483_647, code)
const unlessEmpty = <T extends z.ZodType>(schema: T) => z.preprocess(value => typeof value === 'string' && value.trim() === '' ? undefined : value, schema.optional())
const isDay = (day: string) => !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day)
const Day = (code: string) => z.string(code).regex(/^[12]\d{3}-\d{2}-\d{2}$/, code).refine(isDay, code)
/** A moment as `datetime-local` gives it, at China's clock. */
const Moment = (code: string) => z.string(code).regex(/^2[01]\d{2}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d(?::\d{2})?$/, code).refine(at => isDay(at.slice(0, 10)), code)
const Unit = z.string('unit_unknown').regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown')
const Words = (most: number, code: string) => z.string(code).trim().max(most, code).default('')
const Page = z.coerce.number().int().min(1).max(1000).catch(1).default(1)
const Reason = z.string('reason_missing').trim().min(2, 'reason_missing').max(200, 'reason_missing')
const Ticked = z.preprocess(value => value === 'yes' || value === true, z.boolean())

export const ServiceQuery = z.object({ near: z.preprocess(value => value === 'yes', z.boolean()), page: Page })

/** A resident registers: the choice of unit and team is one field, `12` or `12:3`. */
export const VolunteerRegistration = z.object({
  place: z.string('unit_unknown').regex(/^\d{1,9}(?::\d{1,9})?$/, 'unit_unknown'),
  source: z.enum(VOLUNTEER_SOURCES, 'volunteer_source_missing'),
  employer: Words(60, 'service_text_too_long'),
  skills: Words(200, 'service_text_too_long'),
}).transform(({ place, ...rest }) => ({ ...rest, unit: Number(place.split(':')[0]), team: place.includes(':') ? Number(place.split(':')[1]) : null }))
export const VolunteerEnding = z.object({ volunteer: Id('volunteer_unknown') })
export const ServicePlace = z.object({ shift: Id('shift_unknown') })
export const ServiceCancellation = z.object({ place: Id('place_unknown') })
export const ServiceCheck = z.object({
  place: Id('place_unknown'), what: z.enum(['in', 'out'], 'check_invalid'),
  /** None where the screen was scanned. */
  code: z.string('service_code_wrong').trim().min(1, 'service_code_wrong').max(20, 'service_code_wrong').optional(),
})
export const ServiceDispute = z.object({ place: Id('place_unknown'), words: z.string('dispute_words_missing').trim().min(4, 'dispute_words_missing').max(300, 'dispute_words_missing') })
export const ServiceCertificate = z.object({ from: Day('service_days_invalid'), until: Day('service_days_invalid') })

// ── the desk ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const VolunteersQuery = z.object({
  unit: unlessEmpty(Unit),
  state: unlessEmpty(z.enum(VOLUNTEER_STATES)).catch(undefined),
  find: z.string().trim().max(40).catch('').default(''),
  /** Who lives there and served in the days, as the share counts them. */
  counted: Ticked,
  /** With `counted`: those too who have not served. */
  idle: Ticked,
  from: unlessEmpty(Day('service_days_invalid')).catch(undefined),
  until: unlessEmpty(Day('service_days_invalid')).catch(undefined),
  page: Page,
})
export const DeskUnitQuery = z.object({ unit: unlessEmpty(Unit) })
export const VolunteerId = z.object({ id: Id('volunteer_unknown') })
export const OpportunityId = z.object({ id: Id('opportunity_unknown') })
export const ShiftId = z.object({ id: Id('shift_unknown') })
export const DisputeId = z.object({ id: Id('dispute_unknown') })

export const StaffRegistration = z.object({
  unit: Unit,
  person: Id('person_unknown'),
  team: unlessEmpty(Serial('team_unknown')),
  source: z.enum(VOLUNTEER_SOURCES, 'volunteer_source_missing'),
  employer: Words(60, 'service_text_too_long'),
  skills: Words(200, 'service_text_too_long'),
  consent: z.preprocess(value => value === 'written' ? value : undefined, z.literal('written').optional()),
})
export const VolunteerDecision = z.object({ choice: z.enum(['admit', 'refuse'], 'choice_missing'), reason: Words(200, 'reason_missing') })
export const VolunteerEnd = z.object({ reason: Reason })
export const VolunteerTeamChoice = z.object({ team: unlessEmpty(Serial('team_unknown')) })
export const VolunteerTraining = z.object({
  title: z.string('training_title_missing').trim().min(2, 'training_title_missing').max(60, 'training_title_missing'),
  heldOn: Day('training_day_invalid'),
  hours: z.coerce.number('training_hours_invalid').min(0.5, 'training_hours_invalid').max(100, 'training_hours_invalid'),
})
export const TrainingBack = z.object({ training: Id('volunteer_unknown') })
export const TeamFields = z.object({
  unit: Unit,
  team: unlessEmpty(Serial('team_unknown')),
  name: z.string('team_name_missing').trim().min(2, 'team_name_missing').max(40, 'team_name_missing'),
  about: Words(300, 'service_text_too_long'),
  foundedOn: Day('team_day_invalid'),
  closedOn: unlessEmpty(Day('team_day_invalid')),
})
/** Nobody where nothing was searched for; whoever searched chooses. */
export const TeamLeader = z.object({ unit: Unit, team: Serial('team_unknown'), leader: unlessEmpty(Id('person_unknown')), leaderSearch: Words(60, 'person_missing') })
  .refine(({ leader, leaderSearch }) => leader || !leaderSearch, { path: ['leader'], message: 'person_missing' })
export const OpportunityFields = z.object({
  unit: Unit,
  opportunity: unlessEmpty(Id('opportunity_unknown')),
  title: z.string('opportunity_title_missing').trim().min(2, 'opportunity_title_missing').max(60, 'opportunity_title_missing'),
  role: z.string('service_role_missing').trim().min(2, 'service_role_missing').max(30, 'service_role_missing'),
  about: Words(1000, 'service_text_too_long'),
  venue: z.string('service_venue_missing').trim().min(2, 'service_venue_missing').max(60, 'service_venue_missing'),
  phone: unlessEmpty(z.string().trim().regex(/^[0-9][0-9 -]{4,19}$/, 'contact_phone_invalid')),
  category: z.string('category_unknown').regex(/^[a-z_]{1,40}$/, 'category_unknown'),
  team: unlessEmpty(Serial('team_unknown')),
})
const Capacity = z.coerce.number('places_invalid').int('places_invalid').min(1, 'places_invalid').max(500, 'places_invalid')
/** A shift: a day with its clock, or (`shift`) other places for one that there is. */
export const ShiftFields = z.object({
  shift: unlessEmpty(Id('shift_unknown')),
  startsAt: unlessEmpty(Moment('shift_time_invalid')),
  endsAt: unlessEmpty(Moment('shift_time_invalid')),
  capacity: Capacity,
})
export const ServiceReason = z.object({ shift: unlessEmpty(Id('shift_unknown')), reason: Reason })
/** What a scanner or a hand gives. */
export const ShiftCard = z.object({ card: z.string('service_card_unknown').trim().min(1, 'service_card_unknown').max(200, 'service_card_unknown') })
export const ShiftPerson = z.object({ person: Id('person_unknown') })
export const StaffCheck = z.object({ place: Id('place_unknown'), what: z.enum(['in', 'out'], 'check_invalid'), at: unlessEmpty(Moment('check_outside_shift')), reason: Words(200, 'reason_missing') })
/** What is confirmed is set right; without times it was not served at all. */
export const ServiceCorrection = z.object({
  place: Id('place_unknown'), choice: z.enum(['times', 'withdraw'], 'choice_missing'),
  startsAt: unlessEmpty(Moment('check_outside_shift')), endsAt: unlessEmpty(Moment('check_outside_shift')), reason: Reason,
})
export const ServiceBackfill = z.object({ person: Id('person_unknown'), startsAt: Moment('check_outside_shift'), endsAt: Moment('check_outside_shift'), reason: z.string('backfill_reason_missing').trim().min(4, 'backfill_reason_missing').max(200, 'backfill_reason_missing') })
export const BackfillDecision = z.object({ backfill: Id('place_unknown'), choice: z.enum(['agree', 'refuse'], 'choice_missing'), answer: Words(200, 'reason_missing') })
export const DisputeAnswer = z.object({
  choice: z.enum(['keep', 'change'], 'choice_missing'), answer: z.string('dispute_answer_missing').trim().min(2, 'dispute_answer_missing').max(200, 'dispute_answer_missing'),
  startsAt: unlessEmpty(Moment('check_outside_shift')), endsAt: unlessEmpty(Moment('check_outside_shift')),
})
