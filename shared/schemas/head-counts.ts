import { z } from 'zod'
import { Day, orNothing, Unit } from './fields'

export const HEAD_COUNT_KINDS = ['activity', 'lecture', 'training', 'contest', 'team_session'] as const

/** A head count as the form sends it: day and clock of China. */
export const HeadCount = z.object({
  unit: Unit,
  kind: z.enum(HEAD_COUNT_KINDS, 'head_count_kind_missing'),
  category: z.string('category_unknown').regex(/^[a-z_]{1,40}$/, 'category_unknown'),
  title: z.string('head_count_title_missing').trim().min(2, 'head_count_title_missing').max(60, 'head_count_title_long'),
  date: Day('date_missing'),
  start: z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing'),
  end: z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing'),
  persons: z.coerce.number('head_count_number').int('head_count_number').min(0, 'head_count_number').max(100_000, 'head_count_number'),
  /** Another department that delivered it. */
  department: orNothing(z.string().trim().min(2, 'name_of_two').max(60, 'name_of_two')),
  note: z.string().trim().max(200, 'note_too_long').default(''),
  /** The row that this one corrects. */
  corrects: orNothing(z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)),
})

export const HeadCountsQuery = z.object({
  unit: orNothing(Unit),
  year: orNothing(z.coerce.number().int().min(2000).max(2100)),
  month: orNothing(z.coerce.number().int().min(1).max(12)).catch(undefined),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
})
