import { describe, expect, it } from 'vitest'
import { layOutLines, layOutPairs } from '../../shared/utils/bar-chart.ts'
import { coverageRate } from '../../shared/utils/coverage.ts'
import { agePyramid, cumulated, heatShade, heatTownships, hoursPerPerson, splitAgeSex } from '../../shared/utils/figures.ts'

describe('hidden and missing are not zero', () => {
  it('a hidden number has no rate, nobody in a known place has 0', () => {
    expect(coverageRate({ persons: null, population: 100 })).toBeNull()
    expect(coverageRate({ persons: 0, population: 100 })).toBe(0)
    expect(heatShade(null)).toBeNull()
  })

  it('hours of nobody, or hidden ones, have no mean', () => {
    expect([hoursPerPerson(12, 8), hoursPerPerson(0, 0), hoursPerPerson(null, 8), hoursPerPerson(3, null)]).toEqual([1.5, null, null, null])
  })

  it('a month that has not come, and all after it, has no sum', () => {
    expect(cumulated([3, 0, 2, null, null])).toEqual([3, 3, 5, null, null])
  })
})

it.each([[0, 0], [9.99, 0], [10, 1], [29, 2], [30, 3], [50, 4], [70, 5], [140, 5], [Infinity, 5]])('a rate of %d %% has shade %d', (rate, shade) => {
  expect(heatShade(rate)).toBe(shade)
})

it('townships count their villages by shade, also two of one name, and those without a number', () => {
  const village = (code: string, townshipCode: string, persons: number | null, population: number | null) => ({ code, name: code, townshipCode, township: '城关镇', persons, population })
  expect(heatTownships([village('a', '1', 5, 100), village('b', '1', 80, 100), village('c', '2', 80, null), village('d', '1', null, 100), village('e', '1', 90, 100)], coverageRate)).toEqual([
    { code: '1', name: '城关镇', villages: 4, shades: [1, 0, 0, 0, 0, 2], none: 1 }, { code: '2', name: '城关镇', villages: 1, shades: [0, 0, 0, 0, 0, 0], none: 1 },
  ])
})

describe('the pyramid', () => {
  it('has the oldest on top and ages that are not known at the foot', () => {
    expect(agePyramid([
      { code: '6-17:female', persons: 4 }, { code: 'unknown:male', persons: 1 }, { code: '80+:male', persons: 2 }, { code: '80+:female', persons: 3 }, { code: '6-17:unknown', persons: 5 },
    ])).toEqual([
      { band: '80+', female: 3, male: 2, unknown: 0 }, { band: '6-17', female: 4, male: 0, unknown: 5 }, { band: 'unknown', female: 0, male: 1, unknown: 0 },
    ])
  })

  it('reads a slice whose sex is not known', () => {
    expect(splitAgeSex('60-69:unknown')).toEqual(['60-69', 'unknown'])
    expect(splitAgeSex('60-69')).toEqual(['60-69', 'unknown'])
  })
})

describe('charts', () => {
  it('lines share one scale and end where their values end', () => {
    const { lines, gridlines } = layOutLines([[0, 10, null], [5, 20, 20]])
    expect(lines[0]).toEqual([{ x: 16.67, y: 0 }, { x: 50, y: 50 }])
    expect(lines[1]!.at(-1)).toEqual({ x: 83.33, y: 100 })
    expect(gridlines.at(-1)).toEqual({ value: 20, at: 100 })
  })

  it('pairs stand side by side in their slot', () => {
    const { left, right } = layOutPairs([10, null], [20, 5])
    expect([left[0], right[0]]).toEqual([{ x: 6, width: 18, height: 50 }, { x: 26, width: 18, height: 100 }])
    expect(left[1]!.height).toBe(0)
  })

  it('nothing at all is drawn as nothing', () => {
    expect(layOutLines([[], []]).gridlines.map(({ value }) => value)).toEqual([0, 1])
    expect(layOutPairs([0], [0]).left[0]!.height).toBe(0)
  })
})
