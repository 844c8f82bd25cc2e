import { z } from 'zod'
import { CAP_PERIODS } from '../utils/cap-periods'

export const CapPeriod = z.enum(CAP_PERIODS, 'period_missing')

/** What a cap is on: all that the rule gives, each institution by itself, or one category. */
export const CapScope = z.string().regex(/^(?:all|institution|category:[a-z_]{1,40})$/, 'category_unknown').default('all').transform(scope => ({
  category: scope.startsWith('category:') ? scope.slice('category:'.length) : undefined,
  eachInstitution: scope === 'institution',
}))

/** In which a learning year or its first term begins; empty: as before. */
export const FirstMonth = z.string().trim().regex(/^(?:[1-9]|1[0-2])$/, 'first_month_invalid').transform(Number)
