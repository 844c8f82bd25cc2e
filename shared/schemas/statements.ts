import { z } from 'zod'
import { Day, orNothing } from './fields'

/** A learning year by its first day; the last one that is closed where none is said. */
export const StatementQuery = z.object({ from: orNothing(Day('year_unknown')) })
export const YearClosing = z.object({ startsOn: Day('year_unknown') })
