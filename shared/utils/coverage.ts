import type { CoverageRow } from '../types/desk'
import { hoursPerPerson } from './figures'

export const COVERAGE_COLUMNS = ['unit', 'rate', 'persons', 'population', 'personTimes', 'hours', 'hoursPerPerson'] as const
export type CoverageColumn = typeof COVERAGE_COLUMNS[number]

/** Reached ÷ population in hundredths; null without a denominator, or where the number is hidden. Nobody in an empty place is 0. */
export function coverageRate({ persons, population }: Pick<CoverageRow, 'persons' | 'population'>): number | null {
  if (population === null || persons === null) return null
  if (population === 0) return persons === 0 ? 0 : Infinity
  return persons / population * 100
}

/** Whether the denominator has no source of its own because several units below make it up. */
export function isSummed(row: Pick<CoverageRow, 'population' | 'populationSource'>): boolean {
  return row.population !== null && row.populationSource === null
}

/** More people reached than live there: the denominator is wrong, and the figure is shown with a warning. */
export function isBeyondPopulation(row: Pick<CoverageRow, 'persons' | 'population'>): boolean {
  return (coverageRate(row) ?? 0) > 100
}

/** What rows are sorted and ranked by; whom a unit taught has no population. */
interface Sortable { isParent: boolean, persons: number | null, personTimes: number | null, hours: number | null, population?: number | null }

function valueIn(row: Sortable, column: Exclude<CoverageColumn, 'unit'>): number | null {
  if (column === 'rate') return coverageRate({ persons: row.persons, population: row.population ?? null })
  return column === 'hoursPerPerson' ? hoursPerPerson(row.hours, row.persons) : row[column] ?? null
}

/** Sorted by a column, the parent first, units without data last; `unit` is the order of the tree. */
export function sortCoverage<Row extends Sortable>(rows: readonly Row[], column: CoverageColumn, isDescending: boolean): Row[] {
  const valueOf = (row: Row) => column === 'unit' ? rows.indexOf(row) : valueIn(row, column)
  const sign = isDescending ? -1 : 1
  return [...rows].sort((a, b) => {
    if (a.isParent !== b.isParent) return a.isParent ? -1 : 1
    const [left, right] = [valueOf(a), valueOf(b)]
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
    return left === right ? 0 : left < right ? -sign : sign
  })
}

/** Of a hundred who hold a post so many were trained; null where there are none, and where the number is not shown. */
export function trainingShare({ holders, trained }: { holders: number | null, trained: number | null }): number | null {
  return holders && trained !== null ? trained / holders * 100 : null
}

/** The place of each row among its like, the largest first; equals share one, and the next is as far down as there are rows before it. None for the parent, and without data. */
export function ranksOf(rows: readonly Sortable[], column: Exclude<CoverageColumn, 'unit'>): (number | null)[] {
  const values = rows.map(row => row.isParent ? null : valueIn(row, column))
  const largestFirst = values.filter(value => value !== null).sort((a, b) => b - a)
  return values.map(value => value === null ? null : largestFirst.indexOf(value) + 1)
}

/** Of a hundred residents so many serve; null without a population, and where the number is not shown. */
export function serviceShare({ served, residents }: { served: number | null, residents: number | null }): number | null {
  return residents && served !== null ? served / residents * 100 : null
}
