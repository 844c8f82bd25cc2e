import { z } from 'zod'

export const TextSlug = z.object({ slug: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).max(80) })
export const NewsQuery = z.object({ page: z.coerce.number().int().min(1).max(1000).catch(1).default(1) })
