import { PopulationFileQuery } from '~~/shared/schemas/populations'

/** All figures in force of a year at a unit and below, as a file: CSV, or a workbook (`format=xlsx`). */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), format } = readQuery(event, PopulationFileQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit } = await requireUnit(desk, code, 'figures')
  const [rows, groups] = await Promise.all([everyRow((from, to) => desk.database.rpc('population_table', { in_unit_id: unit.id, counted_year: year }).range(from, to)), populationGroups(desk.database)])
  const { lang } = preferencesOf(event)
  const t = deskTranslator(event)
  const names = Object.fromEntries(groups.map(group => [group.id, lang === 'en' ? group.en : group.zh]))
  return sendTable(event, format, `populations-${unit.code}-${year}`, t('populations.title'), [
    (['code', 'unit', 'year', 'group', 'area', 'count', 'source', 'asOf', 'status'] as const).map(column => t(`populations.columns.${column}`)),
    ...rows.map(row => [row.unit_code!, row.unit_name!, year, names[row.group_id!] ?? row.group_id!, t(`populations.areas.${row.area as 'all'}`), row.count, row.source!, row.as_of!,
      t(`populations.status.${row.status as 'entered'}`)]),
  ])
})
