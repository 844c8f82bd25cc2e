/** In hundredths of the drawing, measured from its lower left corner. */
export interface BarChart {
  /** In the order of the values; a bar of zero has no height. */
  bars: { x: number, width: number, height: number }[]
  /** Lines to read heights from, from zero to the top. */
  gridlines: { value: number, at: number }[]
}

/** Lays out a bar chart of whole numbers ≥ 0. Numbers only, so it is drawn on the server and fits any width. */
export function layOutBars(values: readonly number[]): BarChart {
  const most = Math.max(...values, 0)
  const step = niceStep(most)
  const steps = Math.max(1, Math.ceil(most / step))
  const slot = 100 / Math.max(values.length, 1)
  return {
    bars: values.map((value, index) => ({ x: rounded(slot * (index + 0.15)), width: rounded(slot * 0.7), height: rounded(value / (step * steps) * 100) })),
    gridlines: Array.from({ length: steps + 1 }, (_, index) => ({ value: index * step, at: rounded(index / steps * 100) })),
  }
}

/** 1, 2 or 5 times a power of ten, so that about four lines reach the top. Never below 1: nobody takes part by halves. */
function niceStep(most: number): number {
  const rough = Math.max(1, most / 4)
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * ([1, 2, 5].find(factor => factor * power >= rough) ?? 10)
}

function rounded(value: number): number { return Math.round(value * 100) / 100 }
