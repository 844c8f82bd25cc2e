// Text tables as people save them: UTF-8 from anywhere, GB18030 from Excel in China, UTF-16 from “Unicode text”.
import { createReadStream } from 'node:fs'
import { CsvError, Parser } from 'csv-parse'
import { ImportFault, LIMITS } from './fault.ts'
import type { Row } from './table.ts'

export type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'

const BATCH = 500

/** @throws ImportFault `encoding_unknown` with the line where reading stopped */
export async function findEncoding(path: string): Promise<Encoding> {
  const marked = await markedEncoding(path)
  if (marked) return marked
  const utf8Ends = await decodes(path, 'utf-8')
  if (utf8Ends === null) return 'utf-8'
  const gb18030Ends = await decodes(path, 'gb18030')
  if (gb18030Ends === null) return 'gb18030'
  // The one that came furthest is what the file mostly is.
  throw new ImportFault('encoding_unknown', { line: Math.max(utf8Ends, gb18030Ends) })
}

async function markedEncoding(path: string): Promise<Encoding | null> {
  for await (const chunk of createReadStream(path, { end: 2 })) {
    const [first, second, third] = chunk as Buffer
    if (first === 0xEF && second === 0xBB && third === 0xBF) return 'utf-8'
    if (first === 0xFF && second === 0xFE) return 'utf-16le'
    if (first === 0xFE && second === 0xFF) return 'utf-16be'
  }
  return null
}

/** Null when the whole file is text of that encoding, else the line with the first byte that is not. */
async function decodes(path: string, encoding: Encoding): Promise<number | null> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let line = 1
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer
    // No text table holds a zero byte; without its mark UTF-16 is full of them.
    if (bytes.includes(0)) return line
    try { decoder.decode(bytes, { stream: true }) }
    catch { return line + await lineWithin(bytes, encoding) }
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) line++
  }
  try {
    decoder.decode()
    return null
  }
  catch { return line }
}

async function lineWithin(bytes: Buffer, encoding: Encoding): Promise<number> {
  let lines = 0
  for (let from = 0, to = bytes.indexOf(10); to !== -1; from = to + 1, to = bytes.indexOf(10, from)) {
    try { new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(from, to)) }
    catch { return lines }
    lines++
  }
  return lines
}

async function* textOf(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding) // takes the mark off, too
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) yield decoder.decode(chunk as Buffer, { stream: true })
  yield decoder.decode()
}

/** Comma, tab or semicolon, whichever the first lines use most. */
export async function findDelimiter(path: string, encoding: Encoding): Promise<string> {
  for await (const text of textOf(path, encoding)) {
    const lines = text.split('\n', 5).join('\n')
    const counts = [',', '\t', ';', '，'].map(mark => ({ mark, count: lines.split(mark).length }))
    return counts.reduce((best, one) => one.count > best.count ? one : best).mark
  }
  return ','
}

/** @throws ImportFault `quote_open` | `rows_too_many` | `columns_too_many` */
export async function* csvRows(path: string, encoding: Encoding, delimiter: string): AsyncGenerator<Row[]> {
  const parser = new Parser({ delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: false, max_record_size: LIMITS.cellCharacters * 200 })
  let batch: Row[] = []
  let line = 0
  const texts = textOf(path, encoding)
  // The parser is told by hand when to go on: a stream of one object a row costs more than the parsing.
  const parsed: string[][] = []
  parser.on('readable', () => {
    for (let record = parser.read() as string[] | null; record !== null; record = parser.read() as string[] | null) parsed.push(record)
  })
  const failed = new Promise<never>((_, reject) => parser.once('error', error => reject(faultOf(error))))
  failed.catch(() => { /* told below */ })
  const written = (text: string) => new Promise<void>(resolve => parser.write(text, () => resolve()))
  const ended = new Promise<void>(resolve => parser.once('end', resolve))
  for (;;) {
    const { value, done } = await texts.next()
    if (done) parser.end()
    await Promise.race([done ? ended : written(value), failed])
    for (const cells of parsed.splice(0)) {
      line++
      if (line > LIMITS.rows + 20) throw new ImportFault('rows_too_many', { rows: LIMITS.rows })
      if (cells.length > LIMITS.columns && cells.slice(LIMITS.columns).some(cell => cell.trim() !== '')) throw new ImportFault('columns_too_many', { columns: LIMITS.columns })
      batch.push({ line, cells })
      if (batch.length === BATCH) {
        yield batch
        batch = []
      }
    }
    if (done) break
  }
  if (batch.length) yield batch
}

function faultOf(error: Error): Error {
  if (!(error instanceof CsvError)) return error
  const line = Number((error as CsvError & { lines?: number }).lines ?? 1)
  return error.code === 'CSV_QUOTE_NOT_CLOSED' ? new ImportFault('quote_open', { line }) : new ImportFault('text_table_unreadable', { line })
}
