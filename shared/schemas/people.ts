import { z } from 'zod'
import { readIdNumber } from '../utils/id-number'
import { Phone } from './identity'
import { Day, Id, orNothing, Unit } from './fields'

const Ticked = z.preprocess(value => value === 'on' || value === 'yes' || value === 'true' || value === true, z.boolean())
const UnitId = z.coerce.number({ error: 'residence_invalid' }).int('residence_invalid').positive('residence_invalid').max(2_147_483_647, 'residence_invalid')

/** 18 digits with a check digit that fits; what it says of birth and sex goes along. */
const IdNumberField = z.string().transform((text, context) => {
  const read = readIdNumber(text)
  if (typeof read !== 'string') return read
  context.addIssue({ code: 'custom', message: read })
  return z.NEVER
})

/** A year, or a date of which only the year is kept: 1954, 1954-03-05, 19540305, 1954年3月. A day to come is refused. */
const BirthYear = z.preprocess(value => typeof value === 'number' ? String(value) : value, z.string({ error: 'birth_year_invalid' }).trim().transform((text, context) => {
  const [, year, month = '1', day = '1'] = /^(\d{4})(?:[-./年]?(\d{1,2})(?:[-./月]?(\d{1,2})日?|月)?|年)?$/.exec(text) ?? []
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const isReal = year !== undefined && date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  if (!isReal) context.addIssue({ code: 'custom', message: 'birth_year_invalid' })
  else if (date.getTime() > Date.now() + 8 * 3_600_000) context.addIssue({ code: 'custom', message: 'birth_in_future' })
  else return Number(year)
  return z.NEVER
}))

export const RELATIONS = ['mother', 'father', 'grandparent', 'relative', 'other'] as const
export const REVEAL_REASONS = ['call', 'check_identity', 'registry_check', 'emergency', 'other'] as const
export const CORRECTIONS = ['not_attended', 'wrong_person', 'wrong_time', 'wrong_hours', 'wrong_category', 'wrong_host', 'wrong_role'] as const
/** What a record can be put right to; hours of volunteers are confirmed with the service. */
export const CORRECTED_ROLES = ['learner', 'guardian', 'trainee', 'tutor', 'lecturer', 'organiser'] as const

const Facts = {
  name: z.string({ error: 'name_invalid' }).trim().min(1, 'name_invalid').max(40, 'name_invalid'),
  sex: z.enum(['female', 'male'], { error: 'sex_missing' }),
  birthYear: BirthYear,
  pinyin: orNothing(z.string().max(120, 'pinyin_invalid').regex(/^[\p{L}\p{M}' -]+$/u, 'pinyin_invalid')),
}

export const Registration = z.object({
  ...Facts,
  residenceUnitId: UnitId,
  phone: orNothing(Phone),
  idNumber: orNothing(IdNumberField),
  group: orNothing(z.string().regex(/^[a-z_]{1,40}$/, 'group_invalid')),
  source: orNothing(z.string().trim().max(80, 'source_missing')),
  proofSeen: Ticked,
  from: orNothing(Day('date_invalid')),
  guardianId: orNothing(Id('guardian_unknown')),
  relation: orNothing(z.enum(RELATIONS, { error: 'relation_missing' })),
  consent: Ticked,
  /** The number of warnings and candidates that were seen and answered by "this is somebody else". */
  confirmed: Ticked,
})

export const PersonId = z.object({ id: Id('person_unknown') })
export const PersonChange = z.object(Facts)
export const PersonMove = z.object({ residenceUnitId: UnitId, movedOn: Day('date_invalid') })
export const DEPARTURES = ['died', 'moved_away'] as const
export const Departure = z.object({ reason: z.enum(DEPARTURES, { error: 'departure_reason_missing' }), leftOn: Day('date_invalid'), note: orNothing(z.string().trim().max(200, 'departure_note_long')) })
export const DepartureUndo = z.object({ reason: z.string({ error: 'departure_undo_reason' }).trim().min(2, 'departure_undo_reason').max(200, 'departure_undo_reason') })
export const GroupEntry = z.object({
  group: z.string({ error: 'group_invalid' }).regex(/^[a-z_]{1,40}$/, 'group_invalid'),
  source: z.string({ error: 'source_missing' }).trim().min(1, 'source_missing').max(80, 'source_missing'), proofSeen: Ticked, from: orNothing(Day('date_invalid')),
})
export const GroupEnd = z.object({ personId: Id('person_unknown'), group: z.string().regex(/^[a-z_]{1,40}$/, 'group_invalid'), from: Day('date_invalid'), lastDay: Day('date_invalid') })
export const GuardianEntry = z.object({ guardianId: Id('guardian_unknown'), relation: z.enum(RELATIONS, { error: 'relation_missing' }), consent: Ticked })
export const GuardianEnd = z.object({ linkId: Id('guardian_unknown') })
export const ContactEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('phone'), value: orNothing(Phone) }), z.object({ kind: z.literal('id_number'), value: orNothing(IdNumberField) }),
], { error: 'contact_invalid' })
export const Reveal = z.object({
  kind: z.enum(['phone', 'id_number'], { error: 'contact_unknown' }), reason: z.enum(REVEAL_REASONS, { error: 'reason_missing' }), note: orNothing(z.string().trim().max(100, 'note_missing')),
})
export const CardIssue = z.object({ replace: Ticked })

export const PeopleSearch = z.object({ unit: orNothing(z.string().max(40)), name: z.string().trim().max(60, 'name_too_long').default('') })
export const PairQuery = z.object({ unit: orNothing(Unit), page: z.coerce.number().int().min(1).max(10_000).catch(1) })
export const CompareQuery = z.object({ one: Id('person_unknown'), other: Id('person_unknown') })
export const CompareChoice = z.object({ one: Id('person_unknown'), other: Id('compare_other_missing') })
export const Merge = z.object({
  keptId: Id('person_unknown'), mergedId: Id('person_unknown'),
  /** Both numbers of a plain form, in which `mergedId` cannot follow the choice. */
  pair: orNothing(z.string().regex(/^\d{1,15},\d{1,15}$/, 'person_unknown')),
  reason: z.string({ error: 'merge_reason_missing' }).trim().min(2, 'merge_reason_missing').max(200, 'merge_reason_missing'),
})
export const MergeId = z.object({ id: Id('merge_unknown') })
export const CardsQuery = z.object({ ...PairQuery.shape, person: orNothing(Id('person_unknown')) })
export const CardsIssue = z.object({ unit: z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown') })
export const PersonFormQuery = z.object({ unit: PairQuery.shape.unit, township: orNothing(Unit) })

const Clock = z.string({ error: 'time_invalid' }).regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'time_invalid')
export const Correction = z.object({
  personId: Id('person_unknown'),
  what: z.enum(CORRECTIONS, { error: 'correction_unknown' }),
  reason: z.string({ error: 'correction_reason_missing' }).trim().min(2, 'correction_reason_missing').max(200, 'correction_reason_missing'),
  toPersonId: orNothing(Id('person_unknown')),
  startedAt: orNothing(Clock), endedAt: orNothing(Clock),
  hours: orNothing(z.coerce.number({ error: 'hours_invalid' }).min(0, 'hours_invalid').max(24, 'hours_invalid')),
  categoryId: orNothing(z.string().max(60)),
  /** Name or code of a unit of the network. */
  host: orNothing(z.string().trim().max(80, 'host_not_found')),
  role: orNothing(z.enum(CORRECTED_ROLES, { error: 'role_unknown' })),
  /** The session whose list the form is on. */
  session: orNothing(Id('session_unknown')),
})
export const ParticipationId = z.object({ id: Id('participation_unknown') })
