import { FIGURE_TABLES, type ORGANISER_TABLES } from '~~/shared/schemas/desk'
import type { CellOf } from '~~/shared/types/desk'
import type { CsvCell } from '~~/shared/utils/csv'

type Text = ReturnType<typeof deskTranslator>
type FigureTable = typeof FIGURE_TABLES[number]
type OrganiserTable = typeof ORGANISER_TABLES[number]

interface Making { figures: Awaited<ReturnType<typeof figuresOnResidence>>, t: Text, isEnglish: boolean }
/** With every unit that lacks a denominator. */
interface MakingAll extends Making { gaps: Awaited<ReturnType<typeof everyGap>> }
interface MakingOrganised { organised: Awaited<ReturnType<typeof figuresOnOrganiser>>, t: Text, isEnglish: boolean }

/** A table of the page as rows, its head first; `hidden` numbers say so. */
export function figureTable(table: FigureTable, making: Making): CsvCell[][] {
  return TABLES[table](making)
}

const TABLES: Record<FigureTable, (making: Making) => CsvCell[][]> = {
  units: ({ figures, t, isEnglish }) => [
    heads(t, 'code', 'unit', 'year', 'group', 'persons', 'population', 'rate', 'personTimes', 'hours', 'hoursPerPerson', 'source', 'asOf', 'approval', 'missing'),
    ...figures.residence.rows.map(row => [row.code, row.name, figures.year, isEnglish ? figures.group.en : figures.group.zh, shown(t, row.persons), row.population,
      rateOf(t, row), shown(t, row.personTimes), shown(t, row.hours), perPerson(row), ...sourceOf(t, row), missingOf(row, isEnglish)]),
  ],
  groups: ({ figures, t, isEnglish }) => [
    heads(t, 'group', 'persons', 'population', 'rate', 'personTimes', 'hours', 'hoursPerPerson', 'source', 'asOf', 'approval', 'missing'),
    ...figures.residence.groups.map(row => [isEnglish ? row.en : row.zh, shown(t, row.persons), row.population, rateOf(t, row), shown(t, row.personTimes),
      shown(t, row.hours), perPerson(row), ...sourceOf(t, row), missingOf(row, isEnglish)]),
  ],
  categories: ({ figures, t, isEnglish }) => [
    heads(t, 'category', 'persons', 'population', 'rate', 'personTimes', 'hours', 'hoursPerPerson'),
    ...figures.residence.categories.map(row => [isEnglish ? row.en : row.zh, ...ratedRow(t, row)]),
  ],
  months: ({ figures, t }) => {
    const { months, monthsBefore } = figures.residence
    const [sum, sumBefore] = [cumulated(months.map(({ reached }) => reached)), cumulated(monthsBefore.map(({ reached }) => reached))]
    const [year, before] = [String(figures.year), String(figures.year - 1)]
    return [
      [t('metrics.columns.month'), t('metrics.trend.firstReached', { year }), t('metrics.trend.cumulated', { year }), t('metrics.trend.cumulated', { year: before }),
        t('metrics.trend.times', { year }), t('metrics.trend.times', { year: before }), t('figureTables.hoursOf', { year }), t('figureTables.hoursOf', { year: before }),
        t('metrics.headCounts.column')],
      ...months.map((month, index): CsvCell[] => [month.month, month.reached, sum[index] ?? null, sumBefore[index] ?? null, month.personTimes,
        monthsBefore[index]?.personTimes ?? null, month.hours, monthsBefore[index]?.hours ?? null, month.headCounts]),
    ]
  },
  villages: ({ figures, t }) => [
    heads(t, 'township', 'code', 'unit', 'persons', 'population', 'rate'),
    ...figures.residence.heat.map(row => [row.township, row.code, row.name, shown(t, row.persons), row.population, rateOf(t, row)]),
  ],
  areas: ({ figures, t, isEnglish }) => [
    heads(t, 'area', 'persons', 'population', 'rate', 'personTimes', 'hours', 'hoursPerPerson', 'missing'),
    ...figures.residence.areas.map(cell => [t(cell.code === 'urban' ? 'network.area.urban' : 'network.area.rural'), ...ratedRow(t, cell), missingOf(cell, isEnglish)]),
  ],
  channels: ({ figures, t }) => [
    heads(t, 'channel', 'persons', 'share', 'personTimes', 'hours', 'hoursPerPerson'),
    ...figures.residence.channels.map(cell => [t(`channel.${cell.code as 'web'}`), shown(t, cell.persons), share(t, cell, reachedIn(figures)), ...cellRow(t, cell).slice(1)]),
  ],
  service: ({ figures, t }) => [
    [t('metrics.columns.code'), t('volunteers.share.unit'), t('volunteers.share.registered'), t('volunteers.share.served'), t('volunteers.share.residents'), t('volunteers.share.percent'),
      t('volunteers.share.hours'), t('metrics.columns.source'), t('metrics.columns.missing')],
    ...figures.residence.service.map((row): CsvCell[] => [row.code, row.name, shown(t, row.registered), shown(t, row.served), row.residents,
      row.residents === null ? t('metrics.noData') : row.served === null ? t('metrics.hidden') : Math.round(serviceShare(row)! * 100) / 100, shown(t, row.hours), row.source, row.missing.map(({ name }) => name).join('、')]),
  ],
  holidays: ({ figures, t, isEnglish }) => [
    [t('metrics.columns.code'), t('metrics.columns.unit'), t('metrics.columns.year'), t('holidays.persons'), t('holidays.population'),
      t('metrics.columns.rate'), t('metrics.columns.source'), t('metrics.columns.missing')],
    ...figures.residence.holidays.map((row): CsvCell[] => [row.code, row.name, figures.year, shown(t, row.persons), row.population,
      rateOf(t, row), isSummed(row) ? t('metrics.summed') : row.populationSource, missingOf(row, isEnglish)]),
  ],
  staff: ({ figures, t, isEnglish }) => [
    [t('staffTraining.role'), t('staffTraining.holders'), t('staffTraining.trained'), t('staffTraining.percent')],
    ...figures.residence.staff.map((row): CsvCell[] => [row.role ? isEnglish ? row.role.en : row.role.zh : t('staffTraining.all'), shown(t, row.holders), shown(t, row.trained),
      row.holders === null ? t('metrics.hidden') : row.holders === 0 ? t('metrics.noData') : Math.round(trainingShare(row)! * 100) / 100]),
  ],
  ages: ({ figures, t }) => [
    heads(t, 'age', 'sex', 'persons', 'share', 'personTimes', 'hours', 'hoursPerPerson'),
    ...figures.residence.ages.map((cell) => {
      const [band, sex] = splitAgeSex(cell.code)
      return [band === 'unknown' ? t('metrics.ages.unknown') : band, t(`sex.${sex}`), shown(t, cell.persons), share(t, cell, reachedIn(figures)), ...cellRow(t, cell).slice(1)]
    }),
  ],
}

/** A table of the organiser's page: whom the work of a unit taught. */
export function organisedTable(table: OrganiserTable, { organised, t, isEnglish }: MakingOrganised): CsvCell[][] {
  if (table === 'taught') {
    return [
      [t('metrics.columns.code'), t('metrics.taught.unit'), t('metrics.columns.year'), t('metrics.taught.persons'), t('metrics.columns.personTimes'), t('metrics.columns.hours'), t('metrics.columns.hoursPerPerson')],
      ...organised.organiser.taught.map(row => [row.code, row.name, organised.year, ...cellRow(t, row)]),
    ]
  }
  return [
    [t('metrics.group'), t('metrics.taught.persons'), t('metrics.columns.personTimes'), t('metrics.columns.hours'), t('metrics.columns.hoursPerPerson')],
    ...organised.organiser.groups.map(row => [isEnglish ? row.en : row.zh, ...cellRow(t, row)]),
  ]
}

/** All tables of a unit and year in one file, with what the numbers mean in front and what is missing at the end. */
export async function figureWorkbook(making: MakingAll): Promise<Buffer> {
  const { t } = making
  return await writeWorkbook([
    { ...plainSheet(t('metrics.sheets.about'), aboutSheet(making)), columns: [{ width: 18 }, { width: 90 }] },
    ...FIGURE_TABLES.map(table => tableSheet(t(`metrics.sheets.${table}`), figureTable(table, making))),
    tableSheet(t('metrics.sheets.missing'), missingSheet(making)),
  ])
}

function aboutSheet({ figures, t, isEnglish }: Making): CsvCell[][] {
  const word = ({ zh, en }: { zh: string, en: string }) => isEnglish ? en : zh
  const rules = ['rate', 'once', 'home', 'who', 'hours', 'sum'] as const
  return [
    [t('metrics.about.unit'), `${figures.unit.name} (${figures.unit.code})`],
    [t('metrics.about.year'), figures.year],
    [t('metrics.about.group'), word(figures.group)],
    ...(figures.group.id === 'resident' ? [] : [[null, t(figures.residence.trendOf === 'chosen' ? 'figureTables.residentsSheets' : 'metrics.allResidentsSheets')]]),
    [t('metrics.about.category'), figures.category ? word(figures.category) : t('metrics.allCategories')],
    [t('metrics.about.made'), new Date().toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' })],
    [t('metrics.about.exact'), t(figures.hidesNeed ? 'few.exactNeed' : figures.seesNames ? 'metrics.about.exactYes' : 'metrics.about.exactNo')],
    [t('metrics.about.source'), t('metrics.about.sourceText')],
    ...rules.map((rule, index): CsvCell[] => [index ? null : t('metrics.about.rules'), t(`metrics.counting.${rule}`)]),
    [null, t('metrics.headCounts.why')],
  ]
}

/** Every unit that lacks a denominator, one row a group; then groups of which nobody in the region has one, which are asked of no unit. */
function missingSheet({ figures, gaps, t, isEnglish }: MakingAll): CsvCell[][] {
  const named = new Map(figures.groups.map(group => [group.id, isEnglish ? group.en : group.zh]))
  const asked = new Set(gaps.flatMap(({ groups }) => groups))
  return [
    heads(t, 'code', 'unit', 'above', 'group', 'missing'),
    ...gaps.flatMap(({ code, name, above, groups }) => groups.map((id): CsvCell[] => [code, name, above, named.get(id) ?? id, null])),
    ...figures.residence.groups.filter(({ id, missingCount }) => missingCount > 0 && !asked.has(id))
      .map((row): CsvCell[] => [figures.unit.code, figures.unit.name, null, named.get(row.id) ?? row.id, missingOf(row, isEnglish)]),
  ]
}

type Column = Extract<Parameters<Text>[0], `metrics.columns.${string}`> extends `metrics.columns.${infer Name}` ? Name : never

function heads(t: Text, ...columns: Column[]): CsvCell[] {
  return columns.map(column => t(`metrics.columns.${column}`))
}

function cellRow(t: Text, cell: { persons: number | null, personTimes: number | null, hours: number | null }): CsvCell[] {
  return [shown(t, cell.persons), shown(t, cell.personTimes), shown(t, cell.hours), perPerson(cell)]
}

function ratedRow(t: Text, cell: CellOf): CsvCell[] {
  return [shown(t, cell.persons), cell.population, rateOf(t, cell), shown(t, cell.personTimes), shown(t, cell.hours), perPerson(cell)]
}

function shown(t: Text, value: number | null): CsvCell {
  return value ?? t('metrics.hidden')
}

export function rateOf(t: Text, row: { persons: number | null, population: number | null }): CsvCell {
  if (row.persons === null) return t('metrics.hidden')
  const hundredths = coverageRate(row)
  return hundredths === null ? t('metrics.noData') : Number.isFinite(hundredths) ? Math.round(hundredths * 100) / 100 : null
}

function perPerson({ hours, persons }: { hours: number | null, persons: number | null }): CsvCell {
  const each = hoursPerPerson(hours, persons)
  return each === null ? null : Math.round(each * 100) / 100
}

/** Of whom, of which day, and whether approved. */
function sourceOf(t: Text, row: { population: number | null, populationSource: string | null, populationAsOf: string | null, populationApproved: boolean | null }): CsvCell[] {
  return [isSummed(row) ? t('metrics.summed') : row.populationSource, row.populationAsOf, row.populationApproved === null ? null : t(row.populationApproved ? 'figureTables.approved' : 'figureTables.notApproved')]
}

/** All residents reached, of whom ages and channels are parts. */
function reachedIn({ residence }: Making['figures']): number | null {
  return residence.groups.find(({ id }) => id === 'resident')?.persons ?? null
}

function share(t: Text, { persons }: { persons: number | null }, reached: number | null): CsvCell {
  if (persons === null || reached === null) return t('metrics.hidden')
  return reached ? Math.round(persons / reached * 10000) / 100 : null
}

/** The first units without the denominator; how many more there are, if there are more. */
export function missingOf({ missingNames, missingCount }: { missingNames: string[], missingCount: number }, isEnglish: boolean): CsvCell {
  if (!missingCount) return null
  const more = missingCount - missingNames.length
  return missingNames.join(isEnglish ? ', ' : '、') + (more > 0 ? ` +${more}` : '')
}
