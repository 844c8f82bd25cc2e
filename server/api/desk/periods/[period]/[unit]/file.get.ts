import { ReportFileQuery } from '~~/shared/schemas/periods'

/** The figures of a report as a file, as they were handed in and as they are now. 404 `report_unknown`, 403 `names_hidden`. */
export default defineEventHandler(async (event) => {
  const { version, format } = readQuery(event, ReportFileQuery)
  const report = await reportOf(event, version)
  if (!report.seesNames) throw refusal(403, 'names_hidden')
  const [t, isEnglish] = [deskTranslator(event), preferencesOf(event).lang === 'en']
  const word = (zh: string, en: string) => isEnglish ? en : zh
  const { unit, period, snapshot } = report
  return await sendTable(event, format, `report-${unit.code}-${period.year}-${period.part}${snapshot ? `-${snapshot.version}` : ''}`, t('periodActs.reportSheet'), [
    (['code', 'figure', 'value', 'denominator', 'rate', 'live', 'liveDenominator', 'source', 'asOf', 'missing'] as const).map(column => t(`periodActs.reportColumns.${column}`)),
    ...report.figures.map(figure => [
      figure.code, reportFigureName(figure.code, { ...report, t, word }), figure.value, figure.denominator, rateOf(figure),
      figure.live?.value ?? null, figure.live?.denominator ?? null, isReportRate(figure.code) && figure.denominator !== null ? figure.denominatorSource ?? t('metrics.summed') : null, figure.denominatorAsOf,
      figure.missingCount ? figure.missingNames.join(isEnglish ? ', ' : '、') || figure.missingCount : null,
    ]),
  ])
})

/** In hundredths where the denominator is a population, as the column says. */
function rateOf({ code, value, denominator }: { code: string, value: number, denominator: number | null }): number | null {
  return isReportRate(code) && denominator ? Math.round(value / denominator * 10_000) / 100 : null
}
