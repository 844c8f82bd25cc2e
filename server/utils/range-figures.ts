import type { Database } from '~~/shared/types/database'
import type { RANGE_TABLES } from '~~/shared/schemas/range-figures'
import type { CoverageRow, GroupFigure, Labelled, RangeFigure } from '~~/shared/types/desk'
import type { CsvCell } from '~~/shared/utils/csv'
import type { Supabase } from './database'
import type { Desk } from './desk'

/** Counts ranges of days (server/jobs/range-figures.ts). */
export const RANGE_JOB = 'range-figure'

/** The columns that {@link rangeOf} reads. */
export const RANGE_COLUMNS = `id, from_day, until_day, state, homes, done, asked_at, counted_at, asked_person_id, units!range_figures_unit_id_fkey!inner(id, code, name),
  asker:persons!range_figures_asked_person_id_fkey(name)` as const

type Row = Pick<Database['public']['Tables']['range_figures']['Row'], 'id' | 'from_day' | 'until_day' | 'state' | 'homes' | 'done' | 'asked_at' | 'counted_at' | 'asked_person_id'>
  & { units: { id: number, code: string, name: string }, asker: { name: string } | null }

export function rangeOf(row: Row, myPersonId: number | undefined): RangeFigure {
  return {
    id: row.id, unit: row.units, from: row.from_day, until: row.until_day, state: row.state as RangeFigure['state'], homes: row.homes, done: row.done,
    // Whoever asked may live where the reader sees nobody by name.
    askedBy: row.asker?.name ?? null, askedAt: row.asked_at, countedAt: row.counted_at, isMine: row.asked_person_id === myPersonId,
  }
}

/** A range that the asking post sees. @throws 404 `range_unknown` */
export async function requireRange({ database, me }: Desk, id: number): Promise<RangeFigure> {
  const { data, error } = await database.from('range_figures').select(RANGE_COLUMNS).eq('id', id).maybeSingle()
  if (error) throw databaseRefusal(error)
  if (!data) throw refusal(404, 'range_unknown')
  return rangeOf(data, me.person?.id)
}

type RangeUnitRow = Database['public']['Functions']['range_by_unit']['Returns'][number]
type Denominated = Pick<RangeUnitRow, 'population' | 'population_source' | 'population_as_of' | 'population_approved' | 'missing_count' | 'missing_names'>
const denominatorOf = (row: Denominated) => ({
  population: row.population, populationSource: row.population_source, populationAsOf: row.population_as_of, populationApproved: row.population_approved,
  missingCount: row.missing_count ?? 0, missingNames: row.missing_names ?? [],
})

/** What a counted range shows: by unit of one group, by group, and by category of one group; groups that the post may not be told are left out. */
export async function rangeFigures(database: Supabase, id: number, query: { group: string, category?: string }) {
  const [allGroups, allCategories] = await Promise.all([
    answerOf(database.from('population_groups').select('id, zh, en').order('position')),
    answerOf(database.from('categories').select('id, zh, en').order('position')),
  ])
  const category = chosenCategory(allCategories, query.category)
  const view = viewOf(category)
  const group = chosenGroup(allGroups, query.group)
  const [units, byGroup, byCategory, headCounts] = await Promise.all([
    answerOf(database.rpc('range_by_unit', { range_id: id, counted_group: group.id, view_code: view })),
    answerOf(database.rpc('range_by_group', { range_id: id, view_code: view })),
    answerOf(database.rpc('range_by_category', { range_id: id, counted_group: group.id })),
    answerOf(database.rpc('range_head_counts', { range_id: id })),
  ])
  const told = allGroups.filter(one => byGroup.some(({ group_id }) => group_id === one.id))
  // Figures of people on official lists are for posts that may see these people.
  if (!told.some(one => one.id === group.id)) throw refusal(403, 'range_group_hidden', { field: 'group' })
  return {
    group, category, headCounts, groups: told, categories: [ORGANISED, ...allCategories], hidesGroups: told.length < allGroups.length,
    rows: units.map((row): CoverageRow => ({
      code: row.code!, name: row.name!, level: row.level as CoverageRow['level'], isParent: row.is_parent!, hasChildren: row.has_children!,
      persons: row.persons, personTimes: row.person_times, hours: row.hours, ...denominatorOf(row),
    })),
    byGroup: told.map((one): GroupFigure => {
      const row = byGroup.find(({ group_id }) => group_id === one.id)!
      return { ...one, persons: row.persons, personTimes: row.person_times, hours: row.hours, ...denominatorOf(row) }
    }),
    byCategory: allCategories.map((one: Labelled) => {
      const row = byCategory.find(({ category_id }) => category_id === one.id)
      return { ...one, persons: row?.persons ?? 0, personTimes: row?.person_times ?? 0, hours: row?.hours ?? 0 }
    }),
  }
}

interface Making { range: RangeFigure, figures: Awaited<ReturnType<typeof rangeFigures>>, t: ReturnType<typeof deskTranslator>, isEnglish: boolean }

/** A table of a counted range as rows, its head first. */
export function rangeTable(table: typeof RANGE_TABLES[number], making: Making): CsvCell[][] {
  const { figures, t } = making
  const numbers = ['personTimes', 'hours', 'hoursPerPerson'] as const
  const heads = (...columns: (typeof numbers[number] | 'code' | 'unit' | 'group' | 'category' | 'persons' | 'population' | 'rate' | 'source' | 'asOf' | 'missing')[]) => columns.map(column => t(`metrics.columns.${column}`))
  if (table === 'categories') {
    return [heads('category', 'persons', ...numbers), ...figures.byCategory.map(row => [nameOf(making, row), row.persons, ...timesOf(row)])]
  }
  const rated = (row: CoverageRow | GroupFigure): CsvCell[] => [row.persons, row.population, rateOf(t, row), ...timesOf(row), isSummed(row) ? t('metrics.summed') : row.populationSource, row.populationAsOf, missingOf(row, making.isEnglish)]
  if (table === 'groups') {
    return [heads('group', 'persons', 'population', 'rate', ...numbers, 'source', 'asOf', 'missing'), ...figures.byGroup.map(row => [nameOf(making, row), ...rated(row)])]
  }
  return [heads('code', 'unit', 'persons', 'population', 'rate', ...numbers, 'source', 'asOf', 'missing'), ...figures.rows.map(row => [row.code, row.name, ...rated(row)])]
}

/** What a workbook of a range is about, and what its numbers mean. */
export function rangeAbout(making: Making): CsvCell[][] {
  const { range, figures, t } = making
  return [
    [t('metrics.about.unit'), `${range.unit.name} (${range.unit.code})`],
    [t('rangeFigures.days'), t('rangeFigures.span', { from: range.from, until: range.until })],
    [t('metrics.about.group'), nameOf(making, figures.group)],
    [t('metrics.about.category'), figures.category ? nameOf(making, figures.category) : t('metrics.allCategories')],
    [t('rangeFigures.asOf'), range.countedAt && new Date(range.countedAt).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' })],
    [t('rangeFigures.headCounts'), figures.headCounts],
    ...(['once', 'home', 'population', 'fixed'] as const).map((rule, index): CsvCell[] => [index ? null : t('metrics.about.rules'), t(`rangeFigures.rules.${rule}`)]),
  ]
}

function nameOf({ isEnglish }: Making, { zh, en }: { zh: string, en: string }): string {
  return isEnglish ? en : zh
}

function timesOf(row: { persons: number | null, personTimes: number | null, hours: number | null }): CsvCell[] {
  const each = hoursPerPerson(row.hours, row.persons)
  return [row.personTimes, row.hours, each === null ? null : Math.round(each * 100) / 100]
}
