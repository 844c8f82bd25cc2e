import { z } from 'zod'

export const PassbookQuery = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined) })

export const ChainQuery = z.object({ after: z.coerce.number().int().min(0).catch(0) })
