import { PeriodsFileQuery } from '~~/shared/schemas/periods'

/** How complete and timely the units right below are in a period, as a file. 404 `period_unknown`. */
export default defineEventHandler(async (event) => {
  const { unit: code, format, ...query } = readQuery(event, PeriodsFileQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit } = await requireUnit(desk, code, 'figures')
  const { period } = await choosePeriod(desk.database, query)
  if (!period) throw refusal(404, 'period_unknown')
  const t = deskTranslator(event)
  const rows = await reportsByChild(desk.database, period.id, unit.id)
  const percent = (part: number, whole: number) => Math.round(part / whole * 1000) / 10
  return await sendTable(event, format, `reports-${unit.code}-${period.year}-${period.part}`, t('periodActs.sheet'), [
    (['code', 'unit', 'due', 'arrived', 'inTime', 'approved', 'arrivedPercent', 'inTimePercent'] as const).map(column => t(`periodActs.columns.${column}`)),
    ...rows.map(row => [row.code, row.isParent ? t('periodActs.own', { unit: row.name }) : row.name, row.due, row.arrived, row.inTime, row.approved,
      percent(row.arrived, row.due), percent(row.inTime, row.due)]),
  ])
})
