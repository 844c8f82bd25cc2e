import { z } from 'zod'
import { EnglishName, named, orNull, Unit } from './fields'

export const REWARD_KINDS = ['honour', 'priority_seat', 'venue_hour', 'reading_pass', 'certificate_print'] as const
export type RewardKind = typeof REWARD_KINDS[number]

const id = z.coerce.number().int().positive()
const whole = (code: string) => z.string().trim().regex(/^\d{1,6}$/, code).transform(Number)

export const RewardHold = z.object({ item: id })
export const RewardReturn = z.object({ hold: id })

export const RewardsQuery = z.object({ unit: Unit.optional().catch(undefined) })
export const RewardCollection = z.object({ code: z.string().transform(typed => typed.replace(/\s/g, '')).pipe(z.string().regex(/^\d{8}$/, 'hold_code_invalid')) })

const Stock = whole('stock_invalid').refine(count => count <= 100_000, 'stock_invalid')
export const RewardItem = z.object({
  unit: Unit,
  /** Empty for a new one. */
  item: orNull(id).default(null),
  kind: z.enum(REWARD_KINDS, 'kind_missing'),
  zh: z.string().trim().min(1, 'name_missing').max(60, 'name_missing'),
  en: EnglishName('name_missing', 120),
  /** What one gets and what it is good for: which room, which activity, until when. */
  about: z.string().trim().max(200, 'about_long').default(''),
  /** In credits. */
  price: z.string().trim().regex(/^\d{1,5}(\.\d{1,3})?$/, 'price_invalid').transform(Number),
  holdDays: whole('days_invalid'),
  offered: z.enum(['yes', 'no']).default('yes'),
  /** Of a new one; another keeps its own. */
  inStock: Stock.optional(),
}).refine(({ item, inStock }) => item !== null || inStock !== undefined, { path: ['inStock'], message: 'stock_invalid' }).transform(named)
/** How many lie there now, and how many the form said before. */
export const RewardStock = z.object({ unit: Unit, item: id, inStock: Stock, countedFrom: whole('stock_invalid') })
