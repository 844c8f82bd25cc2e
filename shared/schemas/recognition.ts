import { z } from 'zod'

const Empty = (value: unknown) => typeof value === 'string' && value.trim() === '' ? undefined : value
const Id = (code: string) => z.coerce.number({ error: code }).int(code).positive(code).max(Number.MAX_SAFE_INTEGER, code)
const Day = (code: string) => z.string(code).regex(/^\d{4}-\d{2}-\d{2}$/, code).refine(day => !Number.isNaN(Date.parse(day)), code)
const Unit = z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown')

/** What an applicant says of a certificate. */
export const Certificate = z.object({
  body: z.string('body_missing').trim().min(2, 'body_missing').max(60, 'body_missing'),
  title: z.string('certificate_title_missing').trim().min(2, 'certificate_title_missing').max(60, 'certificate_title_missing'),
  number: z.string().trim().max(40, 'certificate_number_long').default(''),
  level: z.string().trim().max(20, 'certificate_level_long').default(''),
  issuedOn: Day('issued_on_invalid'),
  hours: z.preprocess(Empty, z.coerce.number('certificate_hours_invalid').positive('certificate_hours_invalid').max(5000, 'certificate_hours_invalid').optional()),
})
export const CaseAnswer = z.object({ case: Id('case_unknown'), note: z.string().trim().max(300, 'answer_too_long').default('') })
export const CaseWithdrawal = z.object({ case: Id('case_unknown') })
export const CaseObjection = z.object({
  case: Id('case_unknown'), reason: z.string('objection_reason_missing').trim().min(2, 'objection_reason_missing').max(300, 'objection_reason_missing'),
})

export const CASE_FILE_REASONS = ['review', 'decision', 'double', 'other'] as const

export const CasesQuery = z.object({
  unit: z.preprocess(Empty, Unit.optional()).catch(undefined), ended: z.preprocess(value => value === 'yes', z.boolean()), page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
export const CaseId = z.object({ id: Id('case_unknown') })
export const CaseQuestion = z.object({ note: z.string('question_missing').trim().min(2, 'question_missing').max(300, 'question_missing') })
/** A proposal, or a decision: nothing but the reason is asked of one that declines. */
export const CaseWord = z.object({
  decision: z.enum(['accept', 'decline'], 'decision_missing'),
  credits: z.preprocess(Empty, z.string().trim().regex(/^\d{1,5}(\.\d{1,3})?$/, 'credits_invalid').transform(Number).optional()),
  category: z.preprocess(Empty, z.string().regex(/^[a-z_]{1,40}$/, 'category_unknown').optional()),
  reason: z.string('decision_reason_missing').trim().min(2, 'decision_reason_missing').max(300, 'decision_reason_missing'),
  doubleReason: z.string().trim().max(300, 'decision_reason_missing').default(''),
}).refine(({ decision, credits }) => decision === 'decline' || credits, { path: ['credits'], message: 'credits_invalid' })
  .refine(({ decision, category }) => decision === 'decline' || category, { path: ['category'], message: 'category_unknown' })
export const CaseFileLook = z.object({
  file: z.uuid('file_unknown'), reason: z.enum(CASE_FILE_REASONS, 'reason_missing'), note: z.string().trim().max(100, 'note_missing').default(''),
})

export const BodyEntry = z.object({
  zh: z.string('body_missing').trim().min(2, 'body_missing').max(60, 'body_missing'), en: z.string('body_missing').trim().min(2, 'body_missing').max(120, 'body_missing'),
})
export const PairEntry = z.object({
  body: Id('body_unknown'),
  words: z.string('words_missing').trim().min(1, 'words_missing').max(60, 'words_missing'),
  level: z.string().trim().max(20, 'certificate_level_long').default(''),
  credits: z.string('credits_invalid').trim().regex(/^\d{1,5}(\.\d{1,3})?$/, 'credits_invalid').transform(Number),
  category: z.string('category_unknown').regex(/^[a-z_]{1,40}$/, 'category_unknown'),
  /** Empty: for every certificate. */
  fromDay: z.preprocess(Empty, Day('pair_end_invalid').optional()),
})
export const PairEnd = z.object({ pair: Id('pair_unknown'), fromDay: Day('pair_end_invalid') })
