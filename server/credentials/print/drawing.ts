import { encode } from 'uqr'
import { printable, type Weight, widthOf } from './fonts.ts'

/** A sheet as a list of strokes and lines of text, in points; painted to PDF and to a picture alike. */
export interface Drawing { width: number, height: number, items: (TextItem | PathItem)[] }
export interface TextItem { text: string, /** Where the line begins, on its baseline. */ x: number, y: number, size: number, weight: Weight, colour: string, spacing: number }
export interface PathItem { d: string, fill?: string, stroke?: string, strokeWidth?: number }

export const INK = '#2b2320'
export const SOFT = '#6b5d50'
export const RED = '#8c1a1a'
export const GOLD = '#b08d3e'
export const A4 = { short: 595.28, long: 841.89 }

interface Placed { size: number, weight?: Weight, colour?: string, spacing?: number, anchor?: 'start' | 'middle' | 'end' }

export class Sheet implements Drawing {
  readonly items: Drawing['items'] = []
  readonly width: number
  readonly height: number

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
  }

  text(text: string, x: number, y: number, { size, weight = 'regular', colour = INK, spacing = 0, anchor = 'start' }: Placed): this {
    const shown = printable(text)
    const shift = anchor === 'start' ? 0 : widthOf(shown, size, weight, spacing) * (anchor === 'middle' ? 0.5 : 1)
    this.items.push({ text: shown, x: x - shift, y, size, weight, colour, spacing })
    return this
  }

  path(d: string, look: Omit<PathItem, 'd'>): this {
    this.items.push({ d, ...look })
    return this
  }

  rect(x: number, y: number, width: number, height: number, look: Omit<PathItem, 'd'>): this {
    return this.path(`M${x} ${y}h${width}v${height}h${-width}z`, look)
  }

  line(x1: number, y1: number, x2: number, y2: number, stroke = GOLD, strokeWidth = 0.5): this {
    return this.path(`M${x1} ${y1}L${x2} ${y2}`, { stroke, strokeWidth })
  }

  /** A QR code with a quiet zone, as wide and high as that. */
  qr(text: string, x: number, y: number, size: number): this {
    const { data } = encode(text, { ecc: 'M', border: 2 })
    const module = size / data.length
    const rounded = (value: number) => Math.round(value * 1000) / 1000
    // A run of dark squares is one shape.
    const runs = data.flatMap((row, r) => [...row.map(dark => dark ? '1' : '0').join('').matchAll(/1+/g)].map(({ index, 0: run }) =>
      `M${rounded(x + index * module)} ${rounded(y + r * module)}h${rounded(run.length * module)}v${rounded(module)}h${rounded(-run.length * module)}z`))
    return this.rect(x, y, size, size, { fill: '#ffffff' }).path(runs.join(''), { fill: '#000000' })
  }
}
