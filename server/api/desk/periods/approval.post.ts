import { ReportsTogether } from '~~/shared/schemas/periods'

/**
 * Approves the chosen reports, each by itself; those that are refused are named with their reason and stay as they are: `report_drifted`,
 * `report_has_exception`, `report_own`, `report_not_waiting`, `report_changed`, `unit_not_yours`, `report_unknown`. 422 `reports_none_chosen`.
 */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const { period, reports } = await readInput(event, ReportsTogether)
  const rows = await answerOf(desk.database.rpc('approve_reports', {
    of_period_id: period, unit_codes: reports.map(({ unit }) => unit), versions: reports.map(({ version }) => version),
  }))
  const refused = rows.map(row => ({ code: row.refusal!, unit: row.code!, name: row.name!, message: refusalText(event, row.refusal!, {}) }))
  return { period, approved: reports.length - refused.length, refused }
}, (event, { approved, refused }) => {
  const t = deskTranslator(event)
  const names = refused.map(({ name, message }) => t('periodActs.refusedOne', { unit: name, why: message })).join(' ')
  if (refused.length) leaveFlash(event, { code: 'reports_refused', message: t('periodActs.approvedOf', { approved, refused: refused.length, names }), details: {}, typed: {} })
  return localPath(getHeader(event, 'referer'))
})
