import { z } from 'zod'
import { Day, orNothing, Unit } from './fields'

export const AuditQuery = z.object({
  unit: orNothing(Unit),
  from: orNothing(Day('day_invalid')).catch(undefined),
  to: orNothing(Day('day_invalid')).catch(undefined),
  action: orNothing(z.string().regex(/^[a-z_]{1,60}$/)).catch(undefined),
  account: orNothing(z.string().trim().toLowerCase().max(40)).catch(undefined),
  subject: orNothing(z.string().trim().max(80)).catch(undefined),
  before: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional().catch(undefined),
})
export type AuditQuery = z.infer<typeof AuditQuery>
