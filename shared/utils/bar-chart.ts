/** Lines to read heights from, from zero to the top, in hundredths of the drawing from its foot. */
export interface Gridline { value: number, at: number }

/** In hundredths of the drawing, measured from its lower left corner. */
export interface BarChart {
  /** In the order of the values; a bar of zero has no height. */
  bars: { x: number, width: number, height: number }[]
  gridlines: Gridline[]
}

/** Lays out a bar chart of whole numbers ≥ 0. Numbers only, so it is drawn on the server and fits any width. */
export function layOutBars(values: readonly number[]): BarChart {
  const { top, gridlines } = scaleFor(Math.max(...values, 0))
  const slot = 100 / Math.max(values.length, 1)
  return {
    bars: values.map((value, index) => ({ x: rounded(slot * (index + 0.15)), width: rounded(slot * 0.7), height: rounded(value / top * 100) })),
    gridlines,
  }
}

/** Bars in pairs: what is compared stands left of what it is compared with. Null draws nothing. */
export function layOutPairs(left: readonly (number | null)[], right: readonly (number | null)[]): { left: BarChart['bars'], right: BarChart['bars'], gridlines: Gridline[] } {
  const { top, gridlines } = scaleFor(Math.max(0, ...left.map(value => value ?? 0), ...right.map(value => value ?? 0)))
  const slot = 100 / Math.max(left.length, 1)
  const bars = (values: readonly (number | null)[], from: number) =>
    values.map((value, index) => ({ x: rounded(slot * (index + from)), width: rounded(slot * 0.36), height: rounded((value ?? 0) / top * 100) }))
  return { left: bars(left, 0.12), right: bars(right, 0.52), gridlines }
}

/** Lines over the middle of equal slots, each as long as its values are known. */
export function layOutLines(series: readonly (readonly (number | null)[])[]): { lines: { x: number, y: number }[][], gridlines: Gridline[] } {
  const { top, gridlines } = scaleFor(Math.max(0, ...series.flat().map(value => value ?? 0)))
  const slots = Math.max(1, ...series.map(values => values.length))
  return {
    lines: series.map(values => values.flatMap((value, index) => value === null ? [] : [{ x: rounded((index + 0.5) / slots * 100), y: rounded(value / top * 100) }])),
    gridlines,
  }
}

/** A round top that holds the largest value, and about four lines up to it. */
function scaleFor(most: number): { top: number, gridlines: Gridline[] } {
  const step = niceStep(most)
  const steps = Math.max(1, Math.ceil(most / step))
  return { top: step * steps, gridlines: Array.from({ length: steps + 1 }, (_, index) => ({ value: index * step, at: rounded(index / steps * 100) })) }
}

/** 1, 2 or 5 times a power of ten, so that about four lines reach the top. Never below 1: nobody takes part by halves. */
function niceStep(most: number): number {
  const rough = Math.max(1, most / 4)
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * ([1, 2, 5].find(factor => factor * power >= rough) ?? 10)
}

function rounded(value: number): number { return Math.round(value * 100) / 100 }
