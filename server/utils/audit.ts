import deskZh from '~~/i18n/desk/zh-CN'
import type { AuditQuery } from '~~/shared/schemas/audit'
import type { Supabase } from './database'

/** Events of the audit log, the newest first. */
export async function auditLog(database: Supabase, unitId: number, query: AuditQuery, pageSize: number) {
  const rows = await answerOf(database.rpc('audit_log', {
    in_unit_id: unitId, ...(query.from && { from_day: query.from }),
    ...(query.to && { to_day: query.to }),
    ...(query.action && { of_action: query.action }),
    ...(query.account && { of_username: query.account }), ...(query.subject && { of_subject: query.subject }),
    ...(query.before && { before_id: query.before }), page_size: pageSize,
  }))
  return rows.map(row => ({
    id: row.event_id!, at: row.at!, username: row.username,
    roleZh: row.role_zh, roleEn: row.role_en, action: row.action!, subjectKind: row.subject_kind!, subjectId: row.subject_id!,
    unit: { code: row.unit_code!, name: row.unit_name! }, details: row.details as Record<string, unknown>,
  }))
}

/** Every action that has words. */
export function auditActions() {
  return deskZh.audit.actions
}
