import { z } from 'zod'

const Day = (code: string) => z.string(code).regex(/^\d{4}-\d{2}-\d{2}$/, code).refine(day => !Number.isNaN(Date.parse(day)), code)

/** A learning year by its first day; the last one that is closed where none is said. */
export const StatementQuery = z.object({ from: z.preprocess(value => value === '' ? undefined : value, Day('year_unknown').optional()) })
export const YearClosing = z.object({ startsOn: Day('year_unknown') })
