import { z } from 'zod'
import { Day, orNothing, Unit } from './fields'

const Page = z.coerce.number().int().min(1).max(1000).catch(1)
const Format = z.enum(['csv', 'xlsx']).catch('csv')
const choice = <T extends string>(values: readonly T[]) => orNothing(z.enum(values)).catch(undefined)
const AsOf = orNothing(Day('unit_day_missing')).catch(undefined)

export const STANDARDS = ['met', 'not_met', 'not_judged'] as const
export const ZONE_CHOICES = ['any', 'experimental', 'demonstration', 'none'] as const
export const BUILDS = ['should', 'built', 'missing'] as const
export const UNIT_SORTS = ['tree', 'name', 'level', 'computers'] as const
export const UNIT_LEVELS = ['city', 'county', 'township', 'village'] as const

/** Which units of a network are listed; what says nothing asks for all. */
export const UnitListQuery = z.object({
  unit: orNothing(Unit),
  on: AsOf,
  kind: orNothing(z.string().regex(/^[a-z_]{1,40}$/)).catch(undefined),
  level: choice(UNIT_LEVELS),
  standard: choice(STANDARDS),
  zone: choice(ZONE_CHOICES),
  computers: orNothing(z.coerce.number().int().min(1).max(10_000)).catch(undefined),
  unknown: choice(['yes']),
  build: choice(BUILDS),
  closed: choice(['yes']),
  sort: z.enum(UNIT_SORTS).catch('tree'),
})
export const UnitListPageQuery = UnitListQuery.extend({ page: Page })
export const UnitListFileQuery = UnitListQuery.extend({ format: Format })

export const UNIT_ACTS = ['opened', 'split', 'moved', 'merged', 'closed'] as const
/** What was done to the tree from one day to another. */
export const UnitActsQuery = z.object({ unit: orNothing(Unit), from: AsOf, until: AsOf, act: choice(UNIT_ACTS) })
export const UnitActsPageQuery = UnitActsQuery.extend({ page: Page })
export const UnitActsFileQuery = UnitActsQuery.extend({ format: Format })

/** The pages that a unit is looked for on, and which sight opens each. */
export const FIND_FOR = { network: 'desk', metrics: 'figures', populations: 'figures' } as const
export const UnitFindQuery = z.object({
  for: z.enum(['network', 'metrics', 'populations']).catch('network'),
  words: z.string().trim().max(60, 'input_invalid').default(''),
  /** What the page showed besides, and shows again of the unit that is found. */
  year: orNothing(z.coerce.number().int().min(2000).max(2100)).catch(undefined),
  on: AsOf,
  page: Page,
})
