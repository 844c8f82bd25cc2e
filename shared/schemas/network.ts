import { z } from 'zod'

export const UnitCode = z.object({ code: z.string().regex(/^[A-Za-z0-9-]{1,40}$/) })

const Id = z.preprocess(value => value === '' ? undefined : value, z.coerce.number().int().positive().optional().catch(undefined))
/** What has been chosen so far on the way down to a village. */
export const PlaceQuery = z.object({ county: Id, township: Id, village: Id })
