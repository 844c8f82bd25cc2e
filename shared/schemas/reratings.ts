import { z } from 'zod'
import { chinaToday } from '../utils/days'
import { CapPeriod, CapScope } from './cap-scopes'
import { Day as DayOf, orNull } from './fields'

const Day = DayOf('day_invalid')
/** What a day is over for, and what it may still be running for. */
const Past = Day.refine(day => day < chinaToday(), 'period_not_past')
const UntilToday = Day.refine(day => day <= chinaToday(), 'period_not_past')
const number = (code: string) => z.string().trim().regex(/^\d{1,7}(\.\d{1,3})?$/, code).transform(Number)
const whole = (code: string) => z.string().trim().regex(/^[1-9]\d{0,14}$/, code).transform(Number)
const Reason = z.string().trim().min(4, 'reason_too_short').max(300, 'reason_too_short')
const Days = { rule: z.string().regex(/^[a-z_]{1,40}$/, 'rule_unknown'), fromDay: UntilToday, reason: Reason }

export const Rerating = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rate'), ...Days, fromDay: Past, untilDay: Past, basis: z.enum(['minutes', 'event'], 'basis_missing'),
    /** Minutes for a credit, or credits for an event: the one that the basis needs. */
    perMinutes: z.string().trim().default(''), credits: z.string().trim().default(''),
  }).transform(({ perMinutes, credits, ...rest }, context) => {
    const [field, rate] = rest.basis === 'minutes' ? ['perMinutes', whole('rate_invalid').safeParse(perMinutes)] as const : ['credits', number('rate_invalid').safeParse(credits)] as const
    if (rate.success) return { ...rest, rate: rate.data }
    context.addIssue({ code: 'custom', message: 'rate_invalid', path: [field] })
    return z.NEVER
  }),
  z.object({
    // A cap on all together has no days of its own.
    kind: z.literal('cap'), ...Days, fromDay: orNull(UntilToday), untilDay: orNull(Day), capPeriod: CapPeriod, scope: CapScope,
    /** Minutes, or credits for a rule by the event; empty lifts the cap. */
    capAmount: orNull(number('cap_invalid')),
  }),
  z.object({ kind: z.literal('recount'), ...Days, untilDay: UntilToday, person: whole('person_unknown') }),
], 'rerating_kind_missing')

export const ReratingId = z.object({ id: z.coerce.number().int().positive() })

export const ReratingQuery = z.object({
  name: z.string().trim().max(60).catch(''),
  only: z.enum(['gaining', 'losing', 'outdated']).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
})
