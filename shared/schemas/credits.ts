import { z } from 'zod'

export const PassbookQuery = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined) })

/** The posting that the page before ended with: its account (the first without), and its number there. */
export const ChainQuery = z.object({ account: z.coerce.number().int().positive().optional().catch(undefined), after: z.coerce.number().int().min(0).catch(0) })

export const SealFile = z.object({ file: z.string().regex(/^(latest|[1-9]\d{0,14})\.json$/) })
