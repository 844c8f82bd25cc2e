import { z } from 'zod'
import { COVERAGE_COLUMNS } from '../utils/coverage'
import { orNothing, Unit } from './fields'

export const UnitParams = z.object({ code: Unit })

const Figure = {
  unit: orNothing(Unit),
  year: orNothing(z.coerce.number().int().min(2000).max(2100)),
  group: z.preprocess(value => value === '' ? undefined : value, z.string().regex(/^[a-z_]{1,40}$/).default('resident')),
}

const Category = orNothing(z.string().regex(/^[a-z_]{1,40}$/, 'category_unknown'))

export const MetricsQuery = z.object({
  ...Figure,
  category: Category,
  axis: z.enum(['residence', 'organiser']).catch('residence'),
  sort: z.enum(COVERAGE_COLUMNS).catch('rate'),
  /** Without one, names are in the order of the tree and numbers from the largest down. */
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
})

export const FIGURE_TABLES = ['units', 'groups', 'categories', 'months', 'villages', 'ages', 'areas', 'channels', 'service', 'holidays', 'staff'] as const
export const ORGANISER_TABLES = ['taught', 'taughtGroups'] as const
const Format = z.enum(['csv', 'xlsx']).catch('csv')
/** The page's figures as a file: one table, the coverage of units unless told otherwise. The table says which axis. */
export const FigureFileQuery = MetricsQuery.extend({ table: z.enum([...FIGURE_TABLES, ...ORGANISER_TABLES]).catch('units'), format: Format })

/** Which part of a figure: of a category, and, by residence, of one slice such as `area:urban`, `age_sex:60-69:female`, `month:05`. */
const FigurePart = z.object({
  ...Figure,
  category: Category,
  axis: z.enum(['residence', 'organiser']).catch('residence'),
  slice: orNothing(z.string().regex(/^(?:area|channel|month|age_sex):[a-z0-9_:+-]{1,24}$/, 'slice_unknown')),
}).refine(({ axis, slice }) => axis === 'residence' || slice === undefined, { error: 'slice_unknown', path: ['slice'] })

/** The people whom a figure counts. */
export const FigurePeopleQuery = FigurePart.and(z.object({ after: z.coerce.number().int().min(0).catch(0) }))
export const FigurePeopleFileQuery = FigurePeopleQuery.and(z.object({ format: Format }))

/** The records that person-times and hours are made of; a page goes on behind `<person>.<record>`. */
export const FigureRecordsQuery = FigurePart.and(z.object({ after: orNothing(z.string().regex(/^\d{1,15}\.\d{1,15}$/)).catch(undefined) }))
export const FigureRecordsFileQuery = FigureRecordsQuery.and(z.object({ format: Format }))

export const PersonParams = z.object({ personId: z.coerce.number().int().positive() })
export const PersonQuery = z.object({ year: Figure.year, township: orNothing(Unit), page: z.coerce.number().int().min(1).max(1000).catch(1) })

export const LACKS = ['card', 'phone', 'guardian'] as const

/** Who is asked for in the list of residents: of a place below, of a group, without something. */
const ResidentsAsked = {
  unit: orNothing(Unit),
  /** One below the unit, chosen beside it. */
  below: orNothing(Unit),
  group: orNothing(z.string().regex(/^[a-z_]{1,40}$/, 'group_unknown')),
  lacks: orNothing(z.enum(LACKS, { error: 'resident_lack_unknown' })),
}
export const ResidentsFileQuery = z.object({ ...ResidentsAsked, format: Format })

export const PeopleQuery = z.object({
  ...ResidentsAsked,
  /** The list goes on behind this person. */
  after: z.coerce.number().int().min(1).optional().catch(undefined),
  // A text, or what POST /api/desk/people/search made of a whole phone or ID number.
  name: z.string().trim().refine(text => text.length <= 40 || /^(phone|id):[0-9a-f]{64}$/.test(text), 'name_too_long').default(''),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
})
