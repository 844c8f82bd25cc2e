import { MetricsQuery } from '~~/shared/schemas/desk'

/** The coverage table as a file, as sorted on the page. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), group: groupId, sort, order } = readQuery(event, MetricsQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit } = await requireUnit(desk, code, 'figures')
  const [rows, { groups }] = await Promise.all([coverageOf(desk.database, unit.id, year, groupId), figureChoices(desk.database, unit.id)])
  const group = chosenGroup(groups, groupId)
  const { lang } = preferencesOf(event)
  const t = deskTranslator(event)
  setHeader(event, 'content-type', 'text/csv; charset=utf-8')
  setHeader(event, 'content-disposition', `attachment; filename="coverage-${unit.code}-${year}-${group.id}.csv"`)
  return toCsv([
    (['code', 'unit', 'year', 'group', 'persons', 'population', 'rate', 'personTimes', 'hours', 'source', 'missing'] as const).map(column => t(`metrics.columns.${column}`)),
    ...sortCoverage(rows, sort, order === 'desc').map((row) => {
      const rate = coverageRate(row)
      return [row.code, row.name, year, lang === 'en' ? group.en : group.zh, row.persons, row.population,
        rate === null ? t('metrics.noData') : Number.isFinite(rate) ? Math.round(rate * 100) / 100 : null,
        row.personTimes, row.hours, isSummed(row) ? t('metrics.summed') : row.populationSource, row.missingNames.join(lang === 'en' ? ', ' : '、') || null]
    }),
  ])
})
