import { z } from 'zod'
import { Day, EnglishName, Id, named, orNothing, Unit } from './fields'

/** What an applicant says of a certificate. */
export const Certificate = z.object({
  body: z.string('body_missing').trim().min(2, 'body_missing').max(60, 'body_missing'),
  title: z.string('certificate_title_missing').trim().min(2, 'certificate_title_missing').max(60, 'certificate_title_missing'),
  number: z.string().trim().max(40, 'certificate_number_long').default(''),
  level: z.string().trim().max(20, 'certificate_level_long').default(''),
  issuedOn: Day('issued_on_invalid'),
  hours: orNothing(z.coerce.number('certificate_hours_invalid').positive('certificate_hours_invalid').max(5000, 'certificate_hours_invalid')),
})
export const CaseAnswer = z.object({ case: Id('case_unknown'), note: z.string().trim().max(300, 'answer_too_long').default('') })
export const CaseWithdrawal = z.object({ case: Id('case_unknown') })
export const CaseObjection = z.object({
  case: Id('case_unknown'), reason: z.string('objection_reason_missing').trim().min(2, 'objection_reason_missing').max(300, 'objection_reason_missing'),
})

export const CASE_FILE_REASONS = ['review', 'decision', 'double', 'other'] as const

export const CasesQuery = z.object({
  unit: orNothing(Unit).catch(undefined), ended: z.preprocess(value => value === 'yes', z.boolean()), page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
export const CaseId = z.object({ id: Id('case_unknown') })
export const CaseQuestion = z.object({ note: z.string('question_missing').trim().min(2, 'question_missing').max(300, 'question_missing') })
/** A proposal, or a decision: nothing but the reason is asked of one that declines. */
export const CaseWord = z.object({
  decision: z.enum(['accept', 'decline'], 'decision_missing'),
  credits: orNothing(z.string().trim().regex(/^\d{1,5}(\.\d{1,3})?$/, 'credits_invalid').transform(Number)),
  category: orNothing(z.string().regex(/^[a-z_]{1,40}$/, 'category_unknown')),
  reason: z.string('decision_reason_missing').trim().min(2, 'decision_reason_missing').max(300, 'decision_reason_missing'),
  doubleReason: z.string().trim().max(300, 'decision_reason_missing').default(''),
}).refine(({ decision, credits }) => decision === 'decline' || credits, { path: ['credits'], message: 'credits_invalid' })
  .refine(({ decision, category }) => decision === 'decline' || category, { path: ['category'], message: 'category_unknown' })
const Reason = z.string('decision_reason_missing').trim().min(2, 'decision_reason_missing').max(300, 'decision_reason_missing')
export const CaseDoubt = z.object({ reason: Reason })
export const CaseAnnulment = z.object({ decision: z.enum(['annul', 'keep'], 'decision_missing'), reason: Reason })
export const CaseFileLook = z.object({
  file: z.uuid('file_unknown'), reason: z.enum(CASE_FILE_REASONS, 'reason_missing'), note: z.string().trim().max(100, 'note_missing').default(''),
})

export const BodyEntry = z.object({
  zh: z.string('body_missing').trim().min(2, 'body_missing').max(60, 'body_missing'), en: EnglishName('body_missing', 120),
}).transform(named)
export const PairEntry = z.object({
  body: Id('body_unknown'),
  words: z.string('words_missing').trim().min(1, 'words_missing').max(60, 'words_missing'),
  level: z.string().trim().max(20, 'certificate_level_long').default(''),
  credits: z.string('credits_invalid').trim().regex(/^\d{1,5}(\.\d{1,3})?$/, 'credits_invalid').transform(Number),
  category: z.string('category_unknown').regex(/^[a-z_]{1,40}$/, 'category_unknown'),
  /** Empty: for every certificate. */
  fromDay: orNothing(Day('pair_end_invalid')),
})
export const PairEnd = z.object({ pair: Id('pair_unknown'), fromDay: Day('pair_end_invalid') })
