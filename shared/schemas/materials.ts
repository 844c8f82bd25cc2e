import { z } from 'zod'
import { Day, Id, orNothing, Unit } from './fields'

/** The six of a session, in the order in which they come about. */
export const MATERIAL_KINDS = ['activity_plan', 'study_plan', 'sign_in_list', 'study_record', 'photo', 'press_note'] as const
/** Those that are written as a text. */
export const MATERIAL_TEXTS = ['activity_plan', 'study_plan', 'study_record', 'press_note'] as const
export const MATERIAL_LISTS = ['missing', 'waiting'] as const
export const MATERIAL_BYTES = 5 * 1024 * 1024

const MadeOn = orNothing(Day('made_on_invalid'))
const Reason = z.string('activity_reason_missing').trim().min(2, 'activity_reason_missing').max(200, 'activity_reason_missing')

export const MaterialText = z.object({
  kind: z.enum(MATERIAL_TEXTS, 'material_kind_unknown'), madeOn: MadeOn,
  body: z.string('material_empty').trim().min(2, 'material_empty').max(4000, 'material_long'),
})
/** What is said of a file; of a photo also what those on it agreed to. */
export const MaterialFile = z.object({
  kind: z.enum(MATERIAL_KINDS, 'material_kind_unknown'), madeOn: MadeOn,
  originalAt: z.string().trim().max(60, 'original_at_invalid').refine(text => text.length !== 1, 'original_at_invalid').default(''),
  caption: z.string().trim().max(60, 'caption_invalid').refine(text => text.length !== 1, 'caption_invalid').default(''),
  people: orNothing(z.enum(['nobody', 'agreed'], 'photo_consent_missing')), minors: orNothing(z.enum(['none', 'guardians'], 'photo_guardians_missing')),
}).refine(({ kind, people }) => kind !== 'photo' || people, { path: ['people'], message: 'photo_consent_missing' })
  .refine(({ kind, minors }) => kind !== 'photo' || minors, { path: ['minors'], message: 'photo_guardians_missing' })
export const MaterialId = z.object({ id: Id('material_unknown') })
export const MaterialDecision = z.object({ decision: z.enum(['accept', 'return'], 'choice_missing'), reason: z.string().trim().max(200, 'reason_too_long').default('') })
  .refine(({ decision, reason }) => decision === 'accept' || reason.length >= 2, { path: ['reason'], message: 'activity_reason_missing' })
export const PhotoWithdrawal = z.object({ reason: Reason })
export const MaterialsQuery = z.object({
  unit: orNothing(Unit), from: orNothing(Day('date_missing')).catch(undefined), to: orNothing(Day('date_missing')).catch(undefined),
  only: z.preprocess(value => value === '' ? undefined : value, z.enum(MATERIAL_LISTS).optional()).catch(undefined), page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
