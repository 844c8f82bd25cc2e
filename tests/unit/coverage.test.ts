import { expect, it } from 'vitest'
import type { CoverageRow } from '../../shared/types/desk.ts'
import { coverageRate, isBeyondPopulation, isSummed, sortCoverage } from '../../shared/utils/coverage.ts'

function row(code: string, persons: number, population: number | null, isParent = false): CoverageRow {
  return { code, name: code, level: 'village', isParent, hasChildren: false, persons, personTimes: persons, hours: persons, population, populationSource: null, missingCount: 0, missingNames: [] }
}

it('has no rate without a denominator, and zero for nobody', () => {
  expect(coverageRate({ persons: 3, population: null })).toBeNull()
  expect(coverageRate({ persons: 0, population: 200 })).toBe(0)
  expect(coverageRate({ persons: 0, population: 0 })).toBe(0)
  expect(coverageRate({ persons: 50, population: 200 })).toBe(25)
})

it('warns where more people are reached than live there, and only there', () => {
  expect(isBeyondPopulation({ persons: 201, population: 200 })).toBe(true)
  expect(isBeyondPopulation({ persons: 1, population: 0 })).toBe(true)
  expect(isBeyondPopulation({ persons: 200, population: 200 })).toBe(false)
  expect(isBeyondPopulation({ persons: 1, population: null })).toBe(false)
})

it('sorts with the parent on top and units without data at the end, whichever way', () => {
  const rows = [row('town', 9, null, true), row('a', 1, 10), row('b', 3, null), row('c', 5, 10)]
  const codes = (...[column, isDescending]: [Parameters<typeof sortCoverage>[1], boolean]) => sortCoverage(rows, column, isDescending).map(({ code }) => code)
  expect(codes('rate', true)).toEqual(['town', 'c', 'a', 'b'])
  expect(codes('rate', false)).toEqual(['town', 'a', 'c', 'b'])
  expect(codes('persons', true)).toEqual(['town', 'c', 'b', 'a'])
  expect(codes('unit', false)).toEqual(['town', 'a', 'b', 'c'])
  expect(codes('unit', true)).toEqual(['town', 'c', 'b', 'a'])
})

it('has a summed denominator where there is one without a source', () => {
  expect(isSummed({ population: 200, populationSource: null })).toBe(true)
  expect(isSummed({ population: 200, populationSource: '统计局' })).toBe(false)
  expect(isSummed({ population: null, populationSource: null })).toBe(false)
})
