import { FigureFileQuery, ORGANISER_TABLES } from '~~/shared/schemas/desk'

/** A table of the page of figures as a file, for Excel or as CSV: the coverage of units as sorted there, or another by `table`. */
export default defineEventHandler(async (event) => {
  const { table, format, ...query } = readQuery(event, FigureFileQuery)
  const [t, isEnglish] = [deskTranslator(event), preferencesOf(event).lang === 'en']
  const organiserTable = ORGANISER_TABLES.find(one => one === table)
  if (organiserTable) {
    const organised = await figuresOnOrganiser(event, query)
    return sendTable(event, format, fileName(table, organised), t(`metrics.sheets.${organiserTable}`), organisedTable(organiserTable, { organised, t, isEnglish }))
  }
  const residenceTable = table as Exclude<typeof table, typeof ORGANISER_TABLES[number]>
  const figures = await figuresOnResidence(event, query)
  return sendTable(event, format, fileName(table, figures), t(`metrics.sheets.${residenceTable}`), figureTable(residenceTable, { figures, t, isEnglish }))
})

function fileName(table: string, { unit, year, group }: { unit: { code: string }, year: number, group: { id: string } }): string {
  return `${table === 'units' ? 'coverage' : table}-${unit.code}-${year}-${group.id}`
}
