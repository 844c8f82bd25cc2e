import { z } from 'zod'

export const PassbookQuery = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined) })

export const ChainQuery = z.object({ after: z.coerce.number().int().min(0).catch(0) })

export const SealFile = z.object({ file: z.string().regex(/^(latest|[1-9]\d{0,14})\.json$/) })
