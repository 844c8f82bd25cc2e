import type { H3Event } from 'h3'
import type { WriteSheet } from 'hucre'
import type { CsvCell } from '~~/shared/utils/csv'

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A workbook as a file; texts are texts in it, never formulas. */
export async function writeWorkbook(sheets: WriteSheet[]): Promise<Buffer> {
  const { writeXlsx } = await import('hucre/xlsx')
  return Buffer.from(await writeXlsx({ sheets }))
}

/** Rows as a sheet, their head first: it stays in sight, and a column is as wide as its longest text, a Chinese character counting double. */
export function tableSheet(name: string, rows: readonly (readonly CsvCell[])[]): WriteSheet {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.slice(0, 500).map(row => String(row[column] ?? '').replace(/[^\p{ASCII}]/gu, '··').length)))
  return { ...plainSheet(name, rows), columns: widths.map(width => ({ width: Math.min(60, width + 2) })), freezePane: { rows: 1 } }
}

/** Rows as a sheet in which no text is taken for a formula, also not where it is copied on from there. */
export function plainSheet(name: string, rows: readonly (readonly CsvCell[])[]): WriteSheet {
  return { name, rows: rows.map(row => row.map(cell => typeof cell === 'string' ? withoutFormula(cell) : cell)) }
}

/** One table as a file to keep, as CSV or for Excel. `name` without its ending, `sheet` what the sheet is called. */
export async function sendTable(event: H3Event, format: 'csv' | 'xlsx', name: string, sheet: string, rows: readonly (readonly CsvCell[])[]): Promise<string | Buffer> {
  sendFile(event, `${name}.${format}`, format === 'xlsx' ? XLSX_TYPE : 'text/csv; charset=utf-8')
  return format === 'xlsx' ? await writeWorkbook([tableSheet(sheet, rows)]) : toCsv(rows)
}

/** Sheets too long to hold: rows become bytes as they are read. */
export async function streamWorkbook(name: string, columns: { header: string, width: number }[], rows: AsyncIterable<string[]>): Promise<ReadableStream<Uint8Array>> {
  const { writeXlsxStream } = await import('hucre/xlsx')
  return writeXlsxStream(rows, { name, columns, freezePane: { rows: 1 } })
}

/** A table too long to hold as CSV: rows become text as they are read. */
export function streamCsv(columns: readonly string[], rows: AsyncIterable<readonly CsvCell[]>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const source = rows[Symbol.asyncIterator]()
  return new ReadableStream({
    start(controller) { controller.enqueue(encoder.encode(toCsv([columns]))) },
    async pull(controller) {
      const { value, done } = await source.next()
      if (done) controller.close()
      // The mark of the encoding stands at the beginning alone.
      else controller.enqueue(encoder.encode(toCsv([value]).slice(1)))
    },
    async cancel() { await source.return?.() },
  })
}

/** Says that what follows is a file to keep. */
export function sendFile(event: H3Event, name: string, type: string): void {
  setHeader(event, 'content-type', type)
  setHeader(event, 'content-disposition', `attachment; filename="${name}"`)
  setHeader(event, 'cache-control', 'private, no-store')
}
