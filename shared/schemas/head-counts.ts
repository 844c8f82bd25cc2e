import { z } from 'zod'

export const HEAD_COUNT_KINDS = ['activity', 'lecture', 'training', 'contest', 'team_session'] as const

const Empty = (value: unknown) => value === '' ? undefined : value

/** A head count as the form sends it: day and clock of China. */
export const HeadCount = z.object({
  unit: z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown'),
  kind: z.enum(HEAD_COUNT_KINDS, 'head_count_kind_missing'),
  category: z.string('category_unknown').regex(/^[a-z_]{1,40}$/, 'category_unknown'),
  title: z.string('head_count_title_missing').trim().min(2, 'head_count_title_missing').max(60, 'head_count_title_long'),
  date: z.string('date_missing').regex(/^\d{4}-\d{2}-\d{2}$/, 'date_missing').refine(date => !Number.isNaN(Date.parse(date)), 'date_missing'),
  start: z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing'),
  end: z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing'),
  persons: z.coerce.number('head_count_number').int('head_count_number').min(0, 'head_count_number').max(100_000, 'head_count_number'),
  note: z.string().trim().max(200, 'note_too_long').default(''),
  /** The row that this one corrects. */
  corrects: z.preprocess(Empty, z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional()),
})

export const HeadCountsQuery = z.object({
  unit: z.preprocess(Empty, z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown').optional()),
  year: z.preprocess(Empty, z.coerce.number().int().min(2000).max(2100).optional()),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
})
