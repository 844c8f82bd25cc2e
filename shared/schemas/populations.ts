import { z } from 'zod'
import { readCount } from '../utils/population-grid'

const Code = z.preprocess(value => value === '' ? undefined : value, z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown').optional())
const Year = z.preprocess(value => value === '' ? undefined : value, z.coerce.number().int().min(1990).max(2100).optional())

export const PopulationQuery = z.object({ unit: Code, year: Year })
export const PopulationFileQuery = PopulationQuery.extend({ format: z.enum(['csv', 'xlsx']).catch('csv') })
export const GapQuery = PopulationQuery.extend({ page: z.coerce.number().int().min(1).max(1000).catch(1) })

/** Which cells a grid names, as it is sent: `c.<unit>.<group>.<area>`. */
const CELL = /^c\.([A-Za-z0-9-]{1,40})\.([a-z_]{1,40})\.(all|urban|rural)$/

/** A grid of figures. Cells that are empty are left as they are; `withdraw.<cell>` takes a figure back. */
export const PopulationGrid = z.record(z.string(), z.unknown()).transform((body, context) => {
  const cells: { unit: string, group: string, area: string, count: number | null }[] = []
  for (const [name, value] of Object.entries(body)) {
    const [, unit, group, area] = CELL.exec(name) ?? []
    if (!unit || !group || !area) continue
    const count = typeof value === 'string' ? readCount(value) : typeof value === 'number' ? readCount(String(value)) : undefined
    if (count === undefined) context.addIssue({ code: 'custom', path: [name], message: 'population_count_invalid' })
    else if (count !== null) cells.push({ unit, group, area, count })
    else if (body[`withdraw.${name}`] === 'yes') cells.push({ unit, group, area, count: null })
  }
  return { ...body, cells } as { cells: typeof cells, year?: unknown, source?: unknown, asOf?: unknown }
}).pipe(z.object({
  year: z.coerce.number({ error: 'population_year_invalid' }).int('population_year_invalid').min(1990, 'population_year_invalid').max(2100, 'population_year_invalid'),
  source: z.string({ error: 'population_source_missing' }).trim().min(1, 'population_source_missing').max(80, 'population_source_missing'),
  asOf: z.string({ error: 'population_date_missing' }).regex(/^\d{4}-\d{2}-\d{2}$/, 'population_date_missing')
    .refine(text => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false, 'population_date_missing'),
  cells: z.array(z.object({ unit: z.string(), group: z.string(), area: z.string(), count: z.number().nullable() })).min(1, 'population_nothing_changed').max(2000),
}))

/** Figures chosen in the list of those that wait: `v.<id>`, and which of the two buttons was pressed. */
export const PopulationDecision = z.preprocess(body => body && typeof body === 'object' && !('ids' in body)
  ? { ...body, ids: Object.keys(body).filter(name => /^v\.\d+$/.test(name)).map(name => name.slice(2)) }
  : body, z.object({
  ids: z.array(z.coerce.number().int().positive()).min(1, 'population_none_chosen').max(500),
  decision: z.enum(['approve', 'return'], { error: 'input_invalid' }),
  reason: z.string().trim().max(200, 'population_reason_missing').optional(),
}))
