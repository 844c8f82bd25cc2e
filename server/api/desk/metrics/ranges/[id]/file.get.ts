import type { CsvCell } from '~~/shared/utils/csv'
import { RangeFileQuery, RangeId } from '~~/shared/schemas/range-figures'

/**
 * A table of a counted range as a file, for Excel or as CSV, or all of them in one workbook (`table=all`).
 * 404 `range_unknown`, 409 `range_not_counted`, 403 `range_group_hidden`.
 */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, RangeId)
  const { table, format, ...query } = readQuery(event, RangeFileQuery)
  const desk = await requireDesk(event, 'names')
  const range = await requireRange(desk, id)
  if (range.state !== 'counted') throw refusal(409, 'range_not_counted')
  const making = { range, figures: await rangeFigures(desk.database, id, query), t: deskTranslator(event), isEnglish: preferencesOf(event).lang === 'en' }
  const name = `range-${range.unit.code}-${range.from}-${range.until}`
  if (table !== 'all') return sendTable(event, format, `${name}-${table}`, making.t(`rangeFigures.tables.${table}`), rangeTable(table, making))
  sendFile(event, `${name}.xlsx`, XLSX_TYPE)
  const about: CsvCell[][] = rangeAbout(making)
  return writeWorkbook([
    { ...plainSheet(making.t('metrics.sheets.about'), about), columns: [{ width: 18 }, { width: 90 }] },
    ...(['units', 'groups', 'categories'] as const).map(one => tableSheet(making.t(`rangeFigures.tables.${one}`), rangeTable(one, making))),
  ])
})
