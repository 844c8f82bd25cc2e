import fc from 'fast-check'
import { expect, it } from 'vitest'
import { layOutBars } from '../../shared/utils/bar-chart.ts'

it('draws bars in proportion below a round top line', () => {
  const { bars, gridlines } = layOutBars([0, 300, 600])
  expect(gridlines.map(line => line.value)).toEqual([0, 200, 400, 600])
  expect(bars.map(bar => bar.height)).toEqual([0, 50, 100])
})

it.each([[[]], [[0, 0]], [[1]]])('%j has whole numbers on its lines', (values) => {
  const { gridlines } = layOutBars(values)
  expect(gridlines).toEqual([{ value: 0, at: 0 }, { value: 1, at: 100 }])
})

it('stays inside the drawing, whatever the numbers', () => {
  fc.assert(fc.property(fc.array(fc.nat(10_000_000), { maxLength: 60 }), (values) => {
    const { bars, gridlines } = layOutBars(values)
    expect(bars).toHaveLength(values.length)
    for (const { x, width, height } of bars) {
      expect(Math.min(x, width, height)).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(100)
      expect(height).toBeLessThanOrEqual(100)
    }
    expect(gridlines.length).toBeLessThanOrEqual(6)
    expect(gridlines.at(-1)!.value).toBeGreaterThanOrEqual(Math.max(...values, 0))
    expect(gridlines.every(line => Number.isInteger(line.value))).toBe(true)
  }))
})
