import { z } from 'zod'

const nothing = (value: unknown) => value === '' ? undefined : value
const Day = z.preprocess(nothing, z.string().regex(/^\d{4}-\d{2}-\d{2}$/).refine(text => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false).optional().catch(undefined))

export const AuditQuery = z.object({
  unit: z.preprocess(nothing, z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'unit_unknown').optional()),
  from: Day,
  to: Day,
  action: z.preprocess(nothing, z.string().regex(/^[a-z_]{1,60}$/).optional().catch(undefined)),
  account: z.preprocess(nothing, z.string().trim().toLowerCase().max(40).optional().catch(undefined)),
  subject: z.preprocess(nothing, z.string().trim().max(80).optional().catch(undefined)),
  before: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional().catch(undefined),
})
export type AuditQuery = z.infer<typeof AuditQuery>
