import type { Readable } from 'node:stream'
import { Resvg } from '@resvg/resvg-js'
import PDFDocument from 'pdfkit'
import type { Drawing, PathItem, TextItem } from './drawing.ts'
import { fontFile, fontOf } from './fonts.ts'

/**
 * Sheets as one PDF that flows while it is made: a page that is drawn is written out and forgotten, so a pile of hundreds
 * takes no more memory than its fonts. Only the characters that occur are embedded.
 */
export function pdfOf(sheets: Iterable<Drawing> | AsyncIterable<Drawing>, title: string): Readable {
  const pdf = new PDFDocument({ autoFirstPage: false, font: fontFile('regular'), info: { Title: title, Producer: 'Linxue' }, lang: 'zh-CN', displayTitle: true })
  void draw(pdf, sheets).catch((error: Error) => pdf.destroy(error))
  return pdf as unknown as Readable
}

async function draw(pdf: PDFKit.PDFDocument, sheets: Iterable<Drawing> | AsyncIterable<Drawing>): Promise<void> {
  for await (const sheet of sheets) {
    pdf.addPage({ size: [sheet.width, sheet.height], margin: 0 })
    for (const item of sheet.items) paint(pdf, item)
    await readable(pdf as unknown as Readable)
  }
  pdf.end()
}

// Whoever downloads slowly is waited for; and others get their turn between two sheets.
async function readable(stream: Readable): Promise<void> {
  do await new Promise(resolve => setImmediate(resolve))
  while (stream.readableLength > stream.readableHighWaterMark && !stream.destroyed && await drained(stream))
}

function drained(stream: Readable): Promise<boolean> {
  return new Promise(resolve => setTimeout(() => resolve(true), 5).unref() && stream.once('close', () => resolve(false)))
}

function paint(pdf: PDFKit.PDFDocument, item: TextItem | PathItem): void {
  if ('text' in item) {
    pdf.font(fontFile(item.weight)).fontSize(item.size).fillColor(item.colour).text(item.text, item.x, item.y, { lineBreak: false, baseline: 'alphabetic', characterSpacing: item.spacing })
    return
  }
  pdf.path(item.d)
  if (item.fill) pdf.fill(item.fill)
  else pdf.lineWidth(item.strokeWidth ?? 1).stroke(item.stroke)
}

/** A sheet as a PNG, for a phone to keep: letters are shapes in it, so nothing depends on what fonts a machine has. */
export function pngOf(sheet: Drawing, width: number): Buffer {
  const resvg = new Resvg(svgOf(sheet), { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: false } })
  return Buffer.from(resvg.render().asPng())
}

export function svgOf({ width, height, items }: Drawing): string {
  const shapes = items.map(item => 'text' in item ? glyphsOf(item) : shapeOf(item))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${shapes.join('')}</svg>`
}

function shapeOf({ d, fill, stroke, strokeWidth }: PathItem): string {
  return `<path d="${d}" fill="${fill ?? 'none'}"${stroke ? ` stroke="${stroke}" stroke-width="${strokeWidth ?? 1}"` : ''}/>`
}

function glyphsOf({ text, x, y, size, weight, colour, spacing }: TextItem): string {
  const font = fontOf(weight)
  const scale = size / font.unitsPerEm
  let at = x
  return [...text].map((character) => {
    const glyph = font.glyphForCodePoint(character.codePointAt(0)!)
    const d = glyph.path.toSVG()
    const shape = d && `<path transform="translate(${at.toFixed(2)} ${y}) scale(${scale.toFixed(6)} ${(-scale).toFixed(6)})" d="${d}" fill="${colour}"/>`
    at += glyph.advanceWidth * scale + spacing
    return shape
  }).join('')
}
