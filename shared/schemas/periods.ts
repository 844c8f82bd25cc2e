import { z } from 'zod'
import { Day, orNothing, Unit } from './fields'

const Reason = z.string().trim().max(500, 'reason_too_long').default('')

export const REPORT_LEVELS = ['city', 'county', 'township', 'village'] as const

export const PeriodsQuery = z.object({
  unit: orNothing(Unit),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
  period: orNothing(z.coerce.number().int().positive().max(2_000_000_000)),
})

export const ReportParams = z.object({ period: z.coerce.number().int().positive().max(2_000_000_000), unit: Unit })
const Version = z.coerce.number().int().positive().max(30_000)
export const ReportQuery = z.object({ version: orNothing(Version) })
const Format = z.enum(['csv', 'xlsx']).catch('csv')
export const PeriodsFileQuery = PeriodsQuery.extend({ format: Format })
export const ReportFileQuery = ReportQuery.extend({ format: Format })

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
export const Decision = z.object({ version: Version, decision: z.enum(['approve', 'return']), reason: Reason })
export const Reopening = z.object({ reason: Reason })
export const ReopeningDecision = z.object({ decision: z.enum(['grant', 'refuse']), reason: Reason })

export const PeriodParams = z.object({ period: z.coerce.number().int().positive().max(2_000_000_000) })
export const PeriodDue = z.object({ dueOn: Day('period_due_on') })
export const PeriodWithdrawal = z.object({ sure: z.literal('yes', 'period_withdraw_sure') })

/** Reports ticked in the list of those that wait: `r.<unit>.<version>`. */
export const ReportsTogether = z.preprocess(body => body && typeof body === 'object' && !('reports' in body)
  ? {
      ...body,
      reports: Object.keys(body).flatMap((name) => {
        const [, unit, version] = /^r\.([A-Za-z0-9-]{1,40})\.(\d{1,5})$/.exec(name) ?? []
        return unit ? [{ unit, version }] : []
      }),
    }
  : body, z.object({
  period: PeriodParams.shape.period,
  reports: z.array(z.object({ unit: Unit, version: Version })).min(1, 'reports_none_chosen').max(50),
}))
