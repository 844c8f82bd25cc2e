import { z } from 'zod'
import { orNothing, Unit } from './fields'

const Reason = z.string().trim().max(500, 'reason_too_long').default('')

export const REPORT_LEVELS = ['city', 'county', 'township', 'village'] as const

export const PeriodsQuery = z.object({
  unit: orNothing(Unit),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
  period: orNothing(z.coerce.number().int().positive().max(2_000_000_000)),
})

export const ReportParams = z.object({ period: z.coerce.number().int().positive().max(2_000_000_000), unit: Unit })
export const ReportQuery = z.object({ version: orNothing(z.coerce.number().int().positive().max(30_000)) })

const Ticked = z.preprocess(value => value === 'on' || value === true, z.boolean())
export const NewPeriods = z.object({
  year: z.coerce.number('period_year').int('period_year').min(2000, 'period_year').max(2100, 'period_year'),
  rhythm: z.enum(['year', 'half_year', 'quarter'], 'period_rhythm'),
  dueDays: z.coerce.number('period_due_days').int('period_due_days').min(1, 'period_due_days').max(180, 'period_due_days'),
  city: Ticked,
  county: Ticked,
  township: Ticked,
  village: Ticked,
}).refine(({ city, county, township, village }) => city || county || township || village, { path: ['township'], message: 'period_levels' })

export const HandIn = z.object({ reason: Reason })
export const Decision = z.object({ version: z.coerce.number().int().positive().max(30_000), decision: z.enum(['approve', 'return']), reason: Reason })
export const Reopening = z.object({ reason: Reason })
export const ReopeningDecision = z.object({ decision: z.enum(['grant', 'refuse']), reason: Reason })
