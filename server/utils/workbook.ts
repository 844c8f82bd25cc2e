import type { H3Event } from 'h3'
import type { WriteSheet } from 'hucre'

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A workbook as a file; texts are texts in it, never formulas. */
export async function writeWorkbook(sheets: WriteSheet[]): Promise<Buffer> {
  const { writeXlsx } = await import('hucre/xlsx')
  return Buffer.from(await writeXlsx({ sheets }))
}

/** Sheets too long to hold: rows become bytes as they are read. */
export async function streamWorkbook(name: string, columns: { header: string, width: number }[], rows: AsyncIterable<string[]>): Promise<ReadableStream<Uint8Array>> {
  const { writeXlsxStream } = await import('hucre/xlsx')
  return writeXlsxStream(rows, { name, columns, freezePane: { rows: 1 } })
}

/** Says that what follows is a file to keep. */
export function sendFile(event: H3Event, name: string, type: string): void {
  setHeader(event, 'content-type', type)
  setHeader(event, 'content-disposition', `attachment; filename="${name}"`)
  setHeader(event, 'cache-control', 'private, no-store')
}
