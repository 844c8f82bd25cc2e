import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CoverageRow } from '../../shared/types/desk.ts'
import { coverageRate, isBeyondPopulation, isSummed, ranksOf, sortCoverage, trainingShare } from '../../shared/utils/coverage.ts'

function row(code: string, persons: number, population: number | null, isParent = false): CoverageRow {
  return { code, name: code, level: 'village', isParent, hasChildren: false, persons, personTimes: persons, hours: persons, population, populationSource: null, populationAsOf: null, populationApproved: null, missingCount: 0, missingNames: [] }
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

it('ranks the largest first; equals share a place, the parent and units without data have none', () => {
  const rows = [row('town', 9, 100, true), row('a', 5, 10), row('b', 3, null), row('c', 5, 10), row('d', 1, 10)]
  expect(ranksOf(rows, 'rate')).toEqual([null, 1, null, 1, 3])
  expect(ranksOf(rows, 'persons')).toEqual([null, 1, 3, 1, 4])
  // Everybody reached had one hour: all share a place.
  expect(ranksOf(rows, 'hoursPerPerson')).toEqual([null, 1, 1, 1, 1])
})

it('a rank is how many are larger, whatever the order of the rows', () => fc.assert(fc.property(fc.array(fc.nat(20), { minLength: 1 }), fc.boolean(), (persons, isDescending) => {
  const rows = sortCoverage(persons.map((count, index) => row(String(index), count, 50)), 'rate', isDescending)
  const ranks = ranksOf(rows, 'rate')
  rows.forEach((one, index) => expect(ranks[index]).toBe(1 + persons.filter(count => count > one.persons!).length))
})))

it('has a summed denominator where there is one without a source', () => {
  expect(isSummed({ population: 200, populationSource: null })).toBe(true)
  expect(isSummed({ population: 200, populationSource: '统计局' })).toBe(false)
  expect(isSummed({ population: null, populationSource: null })).toBe(false)
})

it('has no share of trained staff where nobody holds a post, or where it is hidden', () => {
  expect([trainingShare({ holders: 4, trained: 3 }), trainingShare({ holders: 4, trained: 0 })]).toEqual([75, 0])
  expect([trainingShare({ holders: 0, trained: 0 }), trainingShare({ holders: null, trained: null })]).toEqual([null, null])
})
