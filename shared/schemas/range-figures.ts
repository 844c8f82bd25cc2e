import { z } from 'zod'
import { chinaToday } from '../utils/days'
import { Day, Id, orNothing, Unit } from './fields'

/** Which unit and which days, both counted. */
export const RangeAsked = z.object({
  unit: Unit,
  from: Day('day_invalid').refine(day => day >= '2000-01-01', 'day_invalid'),
  until: Day('day_invalid').refine(day => day <= chinaToday(), 'range_not_over'),
}).refine(({ from, until }) => from <= until, { error: 'until_before_from', path: ['until'] })

export const RangeId = z.object({ id: Id('range_unknown') })

export const RangesQuery = z.object({ unit: orNothing(Unit), page: z.coerce.number().int().min(1).max(1000).catch(1) })

const Shown = {
  group: z.preprocess(value => value === '' ? undefined : value, z.string('group_unknown').regex(/^[a-z_]{1,40}$/, 'group_unknown').default('resident')),
  category: orNothing(z.string().regex(/^[a-z_]{1,40}$/, 'category_unknown')),
}
export const RangeQuery = z.object(Shown)

export const RANGE_TABLES = ['units', 'groups', 'categories'] as const
/** One of the tables, or all of them in one workbook. */
export const RangeFileQuery = z.object({ ...Shown, table: z.enum([...RANGE_TABLES, 'all']).catch('units'), format: z.enum(['csv', 'xlsx']).catch('csv') })

/** The records behind a figure of the unit or of one right below it; a page goes on behind `<person>.<record>`. */
export const RangeRecordsQuery = z.object({
  ...Shown,
  unit: orNothing(Unit),
  after: orNothing(z.string().regex(/^\d{1,15}\.\d{1,15}$/)).catch(undefined),
})

const After = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).catch(0)
/** The records of the week of a day; a page goes on behind a record. */
export const WeekQuery = z.object({ unit: orNothing(Unit), week: orNothing(Day('day_invalid')), after: After })
/** The credits of a year; a page goes on behind a posting. */
export const CreditRowsQuery = z.object({ unit: orNothing(Unit), year: orNothing(z.coerce.number().int().min(2000).max(2100)), after: After })
export const NetworkFiguresQuery = z.object({ unit: orNothing(Unit), year: orNothing(z.coerce.number().int().min(2000).max(2100)) })
