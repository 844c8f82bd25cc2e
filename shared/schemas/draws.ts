import { z } from 'zod'
import { NO_SHOW_EFFECTS, NO_SHOW_REASONS } from '../utils/no-shows'
import { ActivityCode } from './activities'

const Id = (code: string) => z.coerce.number({ error: code }).int(code).positive(code).max(Number.MAX_SAFE_INTEGER, code)
const Count = (least: number, most: number, code: string) => z.coerce.number({ error: code }).int(code).min(least, code).max(most, code)
const Reason = z.enum(NO_SHOW_REASONS, 'no_show_reason_missing')
const Words = (most: number, code: string) => z.string(code).trim().max(most, code)

export const DrawFile = ActivityCode.extend({ pool: Id('activity_unknown') })
export const DrawPool = z.object({ pool: Id('session_unknown') })

/** Why a seat stayed empty, in the person's words. */
export const NoShowPlea = z.object({ session: Id('no_show_unknown'), person: Id('no_show_unknown'), reason: Reason, note: Words(200, 'reason_too_long').default('') })
/** The school's answer; the reason is asked for where the person gave none. */
export const NoShowAnswer = z.object({
  session: Id('no_show_unknown'), person: Id('no_show_unknown'), choice: z.enum(['excuse', 'keep'], 'choice_missing'),
  reason: z.preprocess(value => value === '' ? undefined : value, Reason.optional()), answer: Words(200, 'reason_too_long').min(2, 'activity_reason_missing'),
})
export const NoShowRule = z.object({
  fromDay: z.iso.date('date_missing'), most: Count(1, 20, 'no_show_most_invalid'), windowDays: Count(7, 366, 'no_show_window_invalid'), effect: z.enum(NO_SHOW_EFFECTS, 'choice_missing'),
  effectDays: Count(1, 180, 'no_show_days_invalid'),
})
export const NoShowsQuery = z.object({ unit: z.preprocess(value => value === '' ? undefined : value, z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown').optional()), page: z.coerce.number().int().min(1).max(10_000).catch(1) })
export const EmbedQuery = z.object({ few: z.coerce.number().int().min(1).max(20).catch(8), lang: z.enum(['zh-CN', 'en']).catch('zh-CN') })
