import type { H3Event } from 'h3'
import type { z } from 'zod'
import type { FigurePeopleQuery, FigureRecordsQuery, MetricsQuery } from '~~/shared/schemas/desk'
import type { Database } from '~~/shared/types/database'
import type { AreaFigure, Cell, CellOf, CoverageRow, GroupFigure, HeatCell, Labelled, MonthFigure, TaughtRow } from '~~/shared/types/desk'
import type { Supabase } from './database'
import type { Desk } from './desk'

/** Chosen like a category: what units organised, of every category (rule 7 of DOMAIN.md 21.3). */
export const ORGANISED: Labelled = { id: 'organised', zh: '全部类别，只算单位组织的（不含自学）', en: 'All subjects, organised by units only (no self-study)' }

export function viewOf(category: Labelled | null): string {
  return category === null ? 'all' : category.id === ORGANISED.id ? 'organised' : `category:${category.id}`
}

/** Everything that the page of figures shows; the exports write the same. */
export async function figuresFor(desk: Desk, query: z.output<typeof MetricsQuery>) {
  const { year = thisYear(), sort, axis } = query
  const order = query.order ?? (sort === 'unit' ? 'asc' : 'desc')
  const { database } = desk
  const { unit, trail } = await requireUnit(desk, query.unit, 'figures')
  const choices = await figureChoices(database, unit.id)
  const group = chosenGroup(choices.groups, query.group)
  const category = chosenCategory(choices.categories, query.category)
  const view = viewOf(category)
  const unseen = await unseenGroupsAt(database, unit.id, axis)
  // Who sees no names sees nobody in any group; a tutor sees names, but not who is in need.
  const seesNames = !unseen.includes('resident')
  const hidesNeed = seesNames && unseen.length > 0
  const shared = { unit, trail, year, group, category, sort, order, seesNames, hidesNeed, ...choices, categories: [ORGANISED, ...choices.categories] }
  if (axis === 'organiser') {
    const [groups, taught] = await Promise.all([organisedGroups(database, unit.id, year, view, choices.groups), taughtBy(database, unit.id, year, view, group.id)])
    // Whom a unit taught has no denominator to be sorted by.
    const by = sort === 'rate' || sort === 'population' ? 'persons' : sort
    return { ...shared, axis, sort: by, organiser: { groups, taught: sortCoverage(taught, by, order === 'desc') }, residence: null }
  }
  const [rows, groups, categories, cells, areas, months, heat, service, heads, holidays, staff] = await Promise.all([
    coverageOf(database, unit.id, year, group.id, view),
    coverageByGroup(database, unit.id, year, view, choices.groups),
    coverageByCategory(database, unit.id, year, group.id, choices.categories),
    cellsOf(database, unit.id, year, view),
    answerOf(database.rpc('coverage_areas', { in_unit_id: unit.id, counted_year: year })),
    trendOf(database, unit.id, year, group.id, view),
    heatOf(database, unit.id, year, view, group.id),
    serviceShareOf(database, unit.id, `${year}-01-01`, `${year}-12-31`),
    headCountsByMonth(database, unit.id, year),
    holidaysOf(database, unit.id, year),
    staffTrainingOf(database, unit.id, year),
  ])
  return {
    ...shared, axis, organiser: null,
    residence: {
      rows: sortCoverage(rows, sort, order === 'desc'), groups, categories, heat, service, holidays, staff,
      areas: ofKind(cells, 'area').map((cell): AreaFigure => {
        const denominator = areas.find(({ area }) => area === cell.code)
        return { ...cell, population: denominator?.population ?? null, missingCount: denominator?.missing_count ?? 0, missingNames: denominator?.missing_names ?? [] }
      }),
      channels: ofKind(cells, 'channel'), ages: ofKind(cells, 'age_sex'),
      ...months,
      headCounts: sumOf(heads),
    },
  }
}

/** The figures by residence, which is what the files hold. */
export async function figuresOnResidence(event: H3Event, query: z.output<typeof MetricsQuery>) {
  const { residence, ...figures } = await figuresFor(await requireDesk(event, 'figures'), { ...query, axis: 'residence' })
  return { ...figures, residence: residence! }
}

/** The figures by organiser, likewise. */
export async function figuresOnOrganiser(event: H3Event, query: z.output<typeof MetricsQuery>) {
  const { organiser, ...figures } = await figuresFor(await requireDesk(event, 'figures'), { ...query, axis: 'organiser' })
  return { ...figures, organiser: organiser! }
}

type PeopleQuery = z.output<typeof FigurePeopleQuery>

/** A figure whose rows are asked for: the unit, with what is counted there. */
export async function figureOfPeople(desk: Desk, { unit: code, year = thisYear(), group: groupId, category: categoryId }: Omit<PeopleQuery, 'after' | 'slice'>) {
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const { groups, categories } = await figureChoices(desk.database, unit.id)
  const [group, category] = [chosenGroup(groups, groupId), chosenCategory(categories, categoryId)]
  return { unit, trail, year, group, category, view: viewOf(category) }
}

/**
 * The cell of a figure, or of one slice of it; nothing where none is counted: how many a group and a slice have in common is told nowhere,
 * a slice alone, or a group alone, is.
 */
export function cellOfPart(cells: KindCell[], group: string, slice: string | undefined): KindCell | undefined {
  return slice === undefined || group === 'resident' ? cells.find(one => `${one.kind}:${one.code}` === (slice ?? `group:${group}`)) : undefined
}

/** A page of the people behind a figure, by number; nobody for posts that see no names at the unit. `size` up to 200. */
export async function peopleBehind(database: Supabase, figure: Pick<Awaited<ReturnType<typeof figureOfPeople>>, 'unit' | 'year' | 'group' | 'view'>, { axis, slice }: PeopleQuery, after: number, size: number) {
  const asked = { in_unit_id: figure.unit.id, counted_year: figure.year, counted_group: figure.group.id, page_size: size, after_person_id: after, view_code: figure.view }
  const rows = await answerOf(axis === 'organiser' ? database.rpc('organised_people', asked) : database.rpc('coverage_people', { ...asked, slice_code: slice }))
  return rows.map(row => ({
    id: row.person_id!, name: row.name, sex: row.sex, birthYear: row.birth_year, birthDecade: row.birth_decade,
    home: row.home!, personTimes: row.person_times!, hours: row.hours!,
  }))
}

type Figure = Pick<Awaited<ReturnType<typeof figureOfPeople>>, 'unit' | 'year' | 'group' | 'view'>
type Part = Pick<z.output<typeof FigureRecordsQuery>, 'axis' | 'slice'>

/** A page of the records behind a figure, in the order of its people; none for posts that do not see these. `size` up to 199. */
export async function recordsBehind(database: Supabase, { unit, year, group, view }: Figure, { axis, slice }: Part, after: string | undefined, size: number) {
  const [person = 0, record = 0] = after?.split('.').map(Number) ?? []
  const rows = await answerOf(database.rpc('figure_records', {
    in_unit_id: unit.id, counted_year: year, counted_group: group.id, axis_name: axis, view_code: view, page_size: size, after_person_id: person,
    after_record_id: record, slice_code: slice,
  }))
  return rows.map(recordBehind)
}

/** A record behind a figure, as the pages show it. */
export function recordBehind(row: Database['public']['Functions']['figure_records']['Returns'][number]) {
  return {
    id: row.record_id!, person: row.person_id!, name: row.name, home: row.home!, startedAt: row.started_at!, kind: row.kind!,
    categoryZh: row.category_zh, categoryEn: row.category_en, title: row.title, host: row.host, channel: row.channel!, hours: row.hours!,
  }
}

/** What the records of a figure come to when they are counted one by one; null where they are too many for that. */
export async function recordsCounted(database: Supabase, { unit, year, group, view }: Figure, { axis, slice }: Part): Promise<{ records: number, hours: number } | null> {
  const [row] = await answerOf(database.rpc('figure_records_sum', { in_unit_id: unit.id, counted_year: year, counted_group: group.id, axis_name: axis, view_code: view, slice_code: slice }))
  return row ? { records: row.records!, hours: row.hours! } : null
}

/** Coverage of a unit and of those right below it, in the order of the tree. */
export async function coverageOf(database: Supabase, unitId: number, year: number, group: string, view = 'all'): Promise<CoverageRow[]> {
  const rows = await answerOf(database.rpc('coverage_by_unit', { parent_unit_id: unitId, counted_year: year, counted_group: group, view_code: view }))
  return rows.map(row => ({
    code: row.code!, name: row.name!, level: row.level as CoverageRow['level'], isParent: row.is_parent!, hasChildren: row.has_children!,
    persons: row.persons, personTimes: row.person_times, hours: row.hours,
    ...denominatorOf(row),
  }))
}

async function coverageByGroup(database: Supabase, unitId: number, year: number, view: string, groups: Labelled[]): Promise<GroupFigure[]> {
  const rows = await answerOf(database.rpc('coverage_by_group', { in_unit_id: unitId, counted_year: year, view_code: view }))
  return groups.flatMap((group) => {
    const row = rows.find(one => one.group_id === group.id)
    return row
      ? [{ ...group, persons: row.persons, personTimes: row.person_times, hours: row.hours, ...denominatorOf(row) }]
      : []
  })
}

type Denominator = Pick<CoverageRow, 'population' | 'populationSource' | 'populationAsOf' | 'populationApproved' | 'missingCount' | 'missingNames'>
type DenominatorRow = Pick<Database['public']['Functions']['coverage_by_group']['Returns'][number],
  'population' | 'population_source' | 'population_as_of' | 'population_approved' | 'missing_count' | 'missing_names'>

function denominatorOf(row: DenominatorRow): Denominator {
  return {
    population: row.population, populationSource: row.population_source, populationAsOf: row.population_as_of, populationApproved: row.population_approved,
    missingCount: row.missing_count!, missingNames: row.missing_names ?? [],
  }
}

async function coverageByCategory(database: Supabase, unitId: number, year: number, group: string, categories: Labelled[]): Promise<(Labelled & CellOf)[]> {
  const rows = await answerOf(database.rpc('coverage_by_category', { in_unit_id: unitId, counted_year: year, counted_group: group }))
  return categories.map((category) => {
    const row = rows.find(one => one.category_id === category.id)
    const figures = row ? { persons: row.persons, personTimes: row.person_times, hours: hoursIn(row.minutes) } : { persons: 0, personTimes: 0, hours: 0 }
    return { ...category, code: category.id, ...figures, population: row?.population ?? null }
  })
}

type KindCell = Cell & { kind: string }

export async function cellsOf(database: Supabase, unitId: number, year: number, view: string, axis = 'residence'): Promise<KindCell[]> {
  const rows = await answerOf(database.rpc('coverage_of_unit', { in_unit_id: unitId, counted_year: year, axis_name: axis, view_code: view }))
  return rows.map(row => ({ kind: row.kind!, code: row.code!, persons: row.persons, personTimes: row.person_times, hours: hoursIn(row.minutes) }))
}

function ofKind(cells: KindCell[], kind: string): Cell[] {
  return cells.filter(cell => cell.kind === kind).map(({ code, persons, personTimes, hours }) => ({ code, persons, personTimes, hours }))
}

async function organisedGroups(database: Supabase, unitId: number, year: number, view: string, groups: Labelled[]): Promise<(Labelled & Cell)[]> {
  const cells = await cellsOf(database, unitId, year, view, 'organiser')
  return groups.flatMap((group) => {
    const cell = cells.find(({ kind, code }) => kind === 'group' && code === group.id)
    return cell ? [{ ...group, ...cell }] : []
  })
}

async function taughtBy(database: Supabase, unitId: number, year: number, view: string, group: string): Promise<TaughtRow[]> {
  const rows = await answerOf(database.rpc('coverage_taught', { in_unit_id: unitId, counted_year: year, counted_group: group, view_code: view }))
  return rows.map(row => ({ code: row.code!, name: row.name!, isParent: row.is_parent!, persons: row.persons, personTimes: row.person_times, hours: row.hours }))
}

async function heatOf(database: Supabase, unitId: number, year: number, view: string, group: string): Promise<HeatCell[]> {
  const rows = await everyRow((from, to) => database.rpc('coverage_heat', { in_unit_id: unitId, counted_year: year, view_code: view, counted_group: group }).range(from, to))
  return rows.map(row => ({ code: row.code!, name: row.name!, townshipCode: row.township_code!, township: row.township_name!, persons: row.persons, population: row.population }))
}

interface HeadMonth { month: number, events: number, personTimes: number }

async function headCountsByMonth(database: Supabase, unitId: number, year: number): Promise<HeadMonth[]> {
  const rows = await answerOf(database.rpc('head_counts_by_month', { in_unit_id: unitId, counted_year: year }))
  return rows.map(row => ({ month: row.month!, events: row.events!, personTimes: row.person_times! }))
}

function sumOf(months: HeadMonth[]): { events: number, personTimes: number } {
  return { events: months.reduce((sum, { events }) => sum + events, 0), personTimes: months.reduce((sum, { personTimes }) => sum + personTimes, 0) }
}

interface Trend { trendOf: 'chosen' | 'residents' | null, months: MonthFigure[], monthsBefore: MonthFigure[] }

/** The months of a year and of the one before, and whose they are: `chosen` the group and category asked for, else all residents, else nobody's. */
async function trendOf(database: Supabase, unitId: number, year: number, group: string, view: string): Promise<Trend> {
  const isPart = group !== 'resident' || view !== 'all'
  const chosen = isPart ? await Promise.all([year, year - 1].map(one => countedMonths(database, unitId, one, group, view))) : null
  if (chosen?.[0]) return { trendOf: 'chosen', months: monthsOf(chosen[0], null, year), monthsBefore: monthsOf(chosen[1] ?? null, null, year - 1) }
  if (view !== 'all') return { trendOf: null, months: [], monthsBefore: [] }
  const [months, monthsBefore] = await Promise.all([year, year - 1].map(async (one) => {
    const [cells, heads] = await Promise.all([cellsOf(database, unitId, one, view), headCountsByMonth(database, unitId, one)])
    const kept = ofKind(cells, 'month')
    // What is hidden stays hidden as a whole.
    return monthsOf(kept.some(({ persons }) => persons === null) ? null : kept, heads, one)
  }))
  return { trendOf: isPart ? 'residents' : 'chosen', months: months!, monthsBefore: monthsBefore! }
}

/** Months of a group or category, counted one by one; null where that is too much, or more than the reader is told. */
async function countedMonths(database: Supabase, unitId: number, year: number, group: string, view: string): Promise<Cell[] | null> {
  const rows = await answerOf(database.rpc('coverage_months', { in_unit_id: unitId, counted_year: year, counted_group: group, view_code: view }))
  return rows.length ? rows.map(row => ({ code: String(row.month).padStart(2, '0'), persons: row.persons, personTimes: row.person_times, hours: row.hours })) : null
}

// Months that have not begun are unknown, not zero.
function monthsOf(cells: Cell[] | null, heads: HeadMonth[] | null, year: number): MonthFigure[] {
  const thisMonth = chinaToday().slice(0, 7)
  return Array.from({ length: 12 }, (_, index) => {
    const month = index + 1
    const code = String(month).padStart(2, '0')
    if (`${year}-${code}` > thisMonth) return { month, reached: null, personTimes: null, hours: null, headCounts: null }
    const headCounts = heads && (heads.find(one => one.month === month)?.personTimes ?? 0)
    if (!cells) return { month, reached: null, personTimes: null, hours: null, headCounts }
    const cell = cells.find(one => one.code === code)
    return { month, reached: cell?.persons ?? 0, personTimes: cell?.personTimes ?? 0, hours: cell?.hours ?? 0, headCounts }
  })
}

function hoursIn(minutes: number | null): number | null {
  return minutes === null ? null : Math.round(minutes / 0.6) / 100
}

/** What one may choose from: groups, categories, and the years that have figures, the running one always. */
export async function figureChoices(database: Supabase, unitId: number): Promise<{ groups: Labelled[], categories: Labelled[], years: number[] }> {
  const [groups, categories, years] = await Promise.all([
    answerOf(database.from('population_groups').select('id, zh, en').order('position')),
    answerOf(database.from('categories').select('id, zh, en').order('position')),
    answerOf(database.rpc('coverage_years', { in_unit_id: unitId })),
  ])
  return { groups, categories, years: [...new Set([thisYear(), ...years])].sort((a, b) => b - a) }
}

/** Whether the reader sees names at a unit, and so exact figures. */
export async function seesNamesAt(database: Supabase, unitId: number): Promise<boolean> {
  return await answerOf(database.rpc('sees_names_at', { in_unit_id: unitId }))
}

/** The groups of which the reader may not see who is in them, and so no small numbers. */
export async function unseenGroupsAt(database: Supabase, unitId: number, axis: 'residence' | 'organiser' = 'residence'): Promise<string[]> {
  return await answerOf(database.rpc('unseen_groups_at', { in_unit_id: unitId, axis_name: axis }))
}

/** The chosen group. @throws 422 `group_unknown` */
export function chosenGroup(groups: Labelled[], id: string): Labelled {
  const group = groups.find(one => one.id === id)
  if (!group) throw refusal(422, 'group_unknown', { field: 'group' })
  return group
}

/** The chosen category, or null for all. @throws 422 `category_unknown` */
export function chosenCategory(categories: Labelled[], id: string | undefined): Labelled | null {
  if (id === undefined) return null
  const category = [ORGANISED, ...categories].find(one => one.id === id)
  if (!category) throw refusal(422, 'category_unknown', { field: 'category' })
  return category
}
