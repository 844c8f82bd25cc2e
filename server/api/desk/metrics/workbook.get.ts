import { MetricsQuery } from '~~/shared/schemas/desk'

/** All figures of a unit and year as one Excel file. */
export default defineEventHandler(async (event) => {
  const figures = await figuresOnResidence(event, readQuery(event, MetricsQuery))
  const gaps = await everyGap((await requireDesk(event, 'figures')).database, figures.unit.id, figures.year)
  sendFile(event, `figures-${figures.unit.code}-${figures.year}-${figures.group.id}.xlsx`, XLSX_TYPE)
  return figureWorkbook({ figures, gaps, t: deskTranslator(event), isEnglish: preferencesOf(event).lang === 'en' })
})
