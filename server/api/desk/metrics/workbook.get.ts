import { MetricsQuery } from '~~/shared/schemas/desk'

/** All figures of a unit and year as one Excel file. */
export default defineEventHandler(async (event) => {
  const figures = await figuresOnResidence(event, readQuery(event, MetricsQuery))
  const file = await figureWorkbook({ figures, t: deskTranslator(event), isEnglish: preferencesOf(event).lang === 'en' })
  setHeader(event, 'content-type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  setHeader(event, 'content-disposition', `attachment; filename="figures-${figures.unit.code}-${figures.year}-${figures.group.id}.xlsx"`)
  return Buffer.from(file)
})
