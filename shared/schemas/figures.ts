import { z } from 'zod'

/** Which place's public figures, and of which year; without them the region's of this year. */
export const FiguresQuery = z.object({
  place: z.string().regex(/^[A-Za-z0-9-]{1,40}$/).optional().catch(undefined),
  year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined),
})
