import { AuditQuery } from '~~/shared/schemas/audit'

const PAGE = 50

/** Who did what, at a unit and below. */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, AuditQuery)
  const desk = await requireDesk(event, 'audit')
  const { unit, trail } = await requireUnit(desk, query.unit, 'audit')
  const events = await auditLog(desk.database, unit.id, query, PAGE + 1)
  return { unit, trail, query, events: events.slice(0, PAGE), next: events.length > PAGE ? events[PAGE - 1]!.id : null, actions: Object.keys(auditActions()) }
})
