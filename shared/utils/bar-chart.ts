export interface BarChart {
  width: number
  height: number
  /** In the order of the values; a bar of zero has no height. */
  bars: { x: number, y: number, width: number, height: number }[]
  /** Lines to read heights from: the value and where it lies. */
  gridlines: { value: number, y: number }[]
}

const MARGIN = { top: 18, right: 4, bottom: 22, left: 40 }

/** Lays out a bar chart of whole numbers ≥ 0. Numbers only, so it is drawn on the server and tested without a browser. */
export function layOutBars(values: readonly number[], { width = 720, height = 220 } = {}): BarChart {
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom }
  const step = niceStep(Math.max(...values, 0))
  const steps = Math.max(1, Math.ceil(Math.max(...values, 0) / step))
  const yOf = (value: number) => rounded(MARGIN.top + inner.height * (1 - value / (step * steps)))
  const slot = inner.width / Math.max(values.length, 1)
  return {
    width,
    height,
    bars: values.map((value, index) => ({
      x: rounded(MARGIN.left + slot * (index + 0.15)), y: yOf(value), width: rounded(slot * 0.7), height: rounded(yOf(0) - yOf(value)),
    })),
    gridlines: Array.from({ length: steps + 1 }, (_, index) => ({ value: index * step, y: yOf(index * step) })),
  }
}

/** 1, 2 or 5 times a power of ten, so that about four lines reach the top. Never below 1: nobody takes part by halves. */
function niceStep(most: number): number {
  const rough = Math.max(1, most / 4)
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * ([1, 2, 5].find(factor => factor * power >= rough) ?? 10)
}

function rounded(value: number): number { return Math.round(value * 10) / 10 }
