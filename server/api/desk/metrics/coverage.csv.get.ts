import { FigureFileQuery } from '~~/shared/schemas/desk'

/** A table of the page of figures as a file: the coverage of units as sorted there, or another by `table`. */
export default defineEventHandler(async (event) => {
  const { table, ...query } = readQuery(event, FigureFileQuery)
  const figures = await figuresOnResidence(event, query)
  setHeader(event, 'content-type', 'text/csv; charset=utf-8')
  setHeader(event, 'content-disposition', `attachment; filename="${table === 'units' ? 'coverage' : table}-${figures.unit.code}-${figures.year}-${figures.group.id}.csv"`)
  return toCsv(figureTable(table, { figures, t: deskTranslator(event), isEnglish: preferencesOf(event).lang === 'en' }))
})
