// One way to read a table, whatever the file: rows with their number as a spreadsheet shows it, in batches.
import { open } from 'node:fs/promises'
import { csvRows, type Encoding, findDelimiter, findEncoding } from './csv.ts'
import { ImportFault } from './fault.ts'
import { openWorkbook } from './xlsx.ts'

export interface Row {
  /** 1 is the first row of the sheet. */
  line: number
  cells: string[]
  /** Cells that say nothing that could be read, by column. */
  faults?: Record<number, string>
}

export interface Sheet { name: string, isHidden: boolean }

export interface Table {
  format: 'csv' | 'xlsx'
  encoding?: Encoding
  sheet?: string
  /** Every sheet of the workbook, in its order. */
  sheets?: Sheet[]
  /** Cells that lie over several others, as A1:H1. */
  merges: string[]
  rows: () => AsyncGenerator<Row[]>
}

/**
 * Opens a file by what is in it, not by its name; of a workbook the sheet with this name, else the first that is shown.
 * @throws ImportFault `file_empty` | `file_old_excel` | `file_kind_unknown` | …
 */
export async function openTable(path: string, sheet?: string | null): Promise<Table> {
  const head = await firstBytes(path, 512)
  if (head.length === 0) throw new ImportFault('file_empty')
  if (startsWith(head, [0xD0, 0xCF, 0x11, 0xE0])) throw new ImportFault('file_old_excel')
  if (startsWith(head, [0x50, 0x4B, 0x03, 0x04])) return openWorkbook(path, sheet ?? undefined)
  // Portable documents, pictures, other archives.
  if (head.subarray(0, 5).toString('latin1') === '%PDF-' || startsWith(head, [0x89, 0x50, 0x4E, 0x47]) || startsWith(head, [0xFF, 0xD8, 0xFF])
    || startsWith(head, [0x1F, 0x8B]) || startsWith(head, [0x52, 0x61, 0x72, 0x21]) || startsWith(head, [0x37, 0x7A, 0xBC, 0xAF])) throw new ImportFault('file_kind_unknown')
  const encoding = await findEncoding(path)
  const delimiter = await findDelimiter(path, encoding)
  return { format: 'csv', encoding, merges: [], rows: () => csvRows(path, encoding, delimiter) }
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0)
    return buffer.subarray(0, bytesRead)
  }
  finally { await file.close() }
}

function startsWith(bytes: Buffer, signature: number[]): boolean {
  return signature.every((byte, at) => bytes[at] === byte)
}
