import { AuditQuery } from '~~/shared/schemas/audit'

const MOST = 5000
const AT_ONCE = 1000

/** The log as asked for, as a file; that it was taken is itself an event. */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, AuditQuery)
  const desk = await requireDesk(event, 'audit')
  const { unit } = await requireUnit(desk, query.unit, 'audit')
  const events: Awaited<ReturnType<typeof auditLog>> = []
  for (let isMore = true; isMore && events.length < MOST;) {
    const page = await auditLog(desk.database, unit.id, { ...query, before: events.at(-1)?.id ?? query.before }, AT_ONCE)
    events.push(...page)
    isMore = page.length === AT_ONCE
  }
  const { error } = await desk.database.rpc('note_audit_export', { in_unit_id: unit.id, filter: { ...query, unit: unit.code }, rows: events.length })
  if (error) throw databaseRefusal(error)
  const { lang } = preferencesOf(event)
  const t = deskTranslator(event)
  const words = auditActions()
  setHeader(event, 'content-type', 'text/csv; charset=utf-8')
  setHeader(event, 'content-disposition', `attachment; filename="audit-${unit.code}-${chinaToday()}.csv"`)
  return toCsv([
    (['number', 'at', 'account', 'role', 'action', 'subjectKind', 'subject', 'unit', 'details'] as const).map(column => t(`audit.columns.${column}`)),
    ...events.map(row => [row.id, row.at, row.username ?? t('audit.server'), (lang === 'en' ? row.roleEn : row.roleZh) ?? null,
      row.action in words ? t(`audit.actions.${row.action as keyof ReturnType<typeof auditActions>}`) : row.action, row.subjectKind, row.subjectId, row.unit.name, JSON.stringify(row.details)]),
  ])
})
