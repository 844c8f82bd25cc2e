import { z } from 'zod'
import { CapPeriod, CapScope, FirstMonth } from './cap-scopes'
import { Day, EnglishName, named, orNull } from './fields'

const RuleId = z.string().regex(/^[a-z_]{1,40}$/, 'rule_unknown')
const number = (code: string) => z.string().trim().regex(/^\d{1,6}(\.\d{1,3})?$/, code).transform(Number)

export const RuleChange = z.discriminatedUnion('basis', [
  z.object({ basis: z.literal('minutes'), rule: RuleId, fromDay: Day('day_invalid'), perMinutes: number('rate_invalid').refine(minutes => Number.isInteger(minutes) && minutes > 0, 'rate_invalid') }),
  z.object({ basis: z.literal('event'), rule: RuleId, fromDay: Day('day_invalid'), credits: number('rate_invalid') }),
], 'basis_missing')

export const VersionWithdrawal = z.object({ version: z.coerce.number().int().positive() })

export const CapChange = z.object({
  rule: RuleId,
  fromDay: Day('day_invalid'),
  period: CapPeriod,
  scope: CapScope,
  firstMonth: orNull(FirstMonth).default(null),
  /** Minutes, or credits for a rule by the event; empty lifts the cap. */
  amount: orNull(number('cap_invalid')),
})

/** A rule of the region's own, for what two of the staff decide. */
export const RuleAddition = z.object({
  zh: z.string().trim().min(2, 'rule_name_missing').max(40, 'rule_name_missing'),
  en: EnglishName('rule_name_missing', 80),
  ground: z.literal('decision', 'rule_ground_missing'),
  fromDay: Day('day_invalid'),
  /** Empty where as much is given as is decided each time. */
  credits: orNull(number('rate_invalid').refine(credits => credits > 0 && credits <= 1000, 'rate_invalid')).transform(credits => credits ?? 0),
  capPeriod: orNull(CapPeriod).default(null),
  capCredits: orNull(number('cap_invalid')).default(null),
  firstMonth: orNull(FirstMonth).default(null),
}).transform(named)

const whole = (code: string) => orNull(z.string().trim().regex(/^\d{1,4}$/, code).transform(Number)).default(null)
/** No points a credit turns them off; no months lets them last for ever. */
export const PointTermsChange = z.object({ fromDay: Day('day_invalid'), points: whole('points_invalid'), months: whole('months_invalid') })
export const PointTermsWithdrawal = z.object({ terms: z.coerce.number().int().positive() })
