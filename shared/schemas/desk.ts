import { z } from 'zod'
import { COVERAGE_COLUMNS } from '../utils/coverage'

const UnitCode = z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown')
// A form sent empty asks for the first choice.
const orNothing = <T extends z.ZodType>(schema: T) => z.preprocess(value => value === '' ? undefined : value, schema.optional())

export const UnitQuery = z.object({ unit: orNothing(UnitCode) })
export const UnitParams = z.object({ code: UnitCode })

const Figure = {
  unit: orNothing(UnitCode),
  year: orNothing(z.coerce.number().int().min(2000).max(2100)),
  group: z.preprocess(value => value === '' ? undefined : value, z.string().regex(/^[a-z_]{1,40}$/).default('resident')),
}

export const MetricsQuery = z.object({
  ...Figure,
  sort: z.enum(COVERAGE_COLUMNS).catch('unit'),
  order: z.enum(['asc', 'desc']).catch('asc'),
})

export const FigurePeopleQuery = z.object({ ...Figure, after: z.coerce.number().int().min(0).catch(0) })

export const PersonParams = z.object({ personId: z.coerce.number().int().positive() })
export const PersonQuery = z.object({ year: Figure.year })

export const PeopleQuery = z.object({
  unit: orNothing(UnitCode),
  name: z.string().trim().max(40, 'name_too_long').default(''),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
})
