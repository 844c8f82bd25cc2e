// Finding the row of headings: people put a title above their tables.
import { ImportFault } from './fault.ts'
import { guessColumns, type ImportKind } from './fields.ts'
import { openTable, type Row, type Table } from './table.ts'

const SEARCHED = 10
const SAMPLES = 5

export interface Preview {
  headings: string[]
  headingLine: number
  sample: { line: number, cells: string[] }[]
}

/** The headings and the first rows below them. @throws ImportFault `table_empty` | `header_merged` with the cells */
export async function previewTable(table: Table, kind: ImportKind): Promise<Preview> {
  const rows: Row[] = []
  for await (const batch of table.rows()) {
    rows.push(...batch.filter(({ cells }) => cells.some(cell => cell.trim() !== '')).slice(0, SEARCHED + SAMPLES - rows.length))
    if (rows.length >= SEARCHED + SAMPLES) break
  }
  const candidates = rows.slice(0, SEARCHED)
  const known = candidates.map(({ cells }) => Object.keys(guessColumns(kind, cells)).length)
  const most = Math.max(0, ...known)
  const header = most > 0 ? candidates[known.indexOf(most)] : candidates[0]
  if (!header) throw new ImportFault('table_empty')
  const merged = table.merges.filter(range => coversLine(range, header.line))
  if (merged.length) throw new ImportFault('header_merged', { cells: merged.slice(0, 5).join('、') })
  const below = rows.slice(rows.indexOf(header) + 1)
  if (!below.length) throw new ImportFault('table_empty')
  const headings = header.cells.map(cell => cell.replace(/\s+/g, ' ').trim().slice(0, 60))
  while (headings.at(-1) === '') headings.pop()
  return { headings, headingLine: header.line, sample: below.slice(0, SAMPLES).map(({ line, cells }) => ({ line, cells: cells.slice(0, headings.length) })) }
}

/** The table of a file: of a workbook the first shown sheet that has one, so that a sheet of explanations in front of it does no harm. */
export async function firstTable(path: string, kind: ImportKind): Promise<{ table: Table, preview: Preview }> {
  const first = await openTable(path)
  try { return { table: first, preview: await previewTable(first, kind) } }
  catch (error) {
    if (!(error instanceof ImportFault) || error.code !== 'table_empty') throw error
    for (const { name } of first.sheets?.filter(({ name, isHidden }) => !isHidden && name !== first.sheet) ?? []) {
      const table = await openTable(path, name)
      const preview = await previewTable(table, kind).catch(() => null)
      if (preview) return { table, preview }
    }
    throw error
  }
}

function coversLine(range: string, line: number): boolean {
  const [first, last] = range.split(':').map(cell => Number(/\d+$/.exec(cell)?.[0]))
  return line >= first! && line <= last!
}
