/** The figures of a grid as a form carries them: `c.<unit>.<group>.<area>` and what is written there. */
export type GridValues = Record<string, string>

export interface GridAxis { code: string, names: readonly string[] }

export const cellName = (unit: string, group: string, area = 'all') => `c.${unit}.${group}.${area}`

/**
 * A number as people write it in tables: 1,234 · １２３４ · 1 234 · 1234人. Null for an empty cell, undefined for what is no
 * whole number.
 */
export function readCount(text: string): number | null | undefined {
  const plain = text.normalize('NFKC').replace(/[\s,，']/g, '').replace(/[人名]$/, '')
  if (plain === '' || plain === '-' || plain === '—') return null
  const count = /^\d{1,9}(\.0+)?$/.test(plain) ? Number(plain) : Number.NaN
  return Number.isSafeInteger(count) ? count : undefined
}

/** A block copied from a spreadsheet: lines of cells between tabs; a quoted cell may hold both. */
export function readBlock(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  const source = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '')
  for (let at = 0; at < source.length; at++) {
    const character = source[at]!
    if (isQuoted) {
      if (character !== '"') cell += character
      else if (source[at + 1] === '"') {
        cell += '"'
        at++
      }
      else isQuoted = false
    }
    else if (character === '"' && cell === '') isQuoted = true
    else if (character === '\t' || character === '\n') {
      rows.at(-1)!.push(cell)
      cell = ''
      if (character === '\n') rows.push([])
    }
    else cell += character
  }
  rows.at(-1)!.push(cell)
  return rows.map(row => row.map(one => one.trim()))
}

/** The columns of a grid by area, under whatever a table may call them. */
export const AREA_AXIS: readonly GridAxis[] = [
  { code: 'all', names: ['全部', '合计', '总计', '总数', 'All', 'Total'] },
  { code: 'urban', names: ['城镇', '城市', 'Urban'] },
  { code: 'rural', names: ['农村', '乡村', 'Rural'] },
]

/** Where urban and rural are not all, for cells whose three numbers are known. */
export function areasThatDiffer(
  values: GridValues, units: readonly string[], groups: readonly string[],
): { unit: string, group: string, all: number, urban: number, rural: number }[] {
  return units.flatMap(unit => groups.flatMap((group) => {
    const [all, urban, rural] = AREA_AXIS.map(({ code }) => readCount(values[cellName(unit, group, code)] ?? ''))
    return typeof all === 'number' && typeof urban === 'number' && typeof rural === 'number' && urban + rural !== all ? [{ unit, group, all, urban, rural }] : []
  }))
}

export interface Distributed {
  values: GridValues
  /** What found no place: where it stood (from 1) and what it says. */
  problems: { row: number, column: number, text: string, code: 'paste_row_unknown' | 'paste_column_unknown' | 'paste_outside' | 'paste_number' }[]
}

/** What stands in the rows and columns of a grid, and which cell a row and a column name. */
export interface GridShape {
  rows: readonly GridAxis[]
  columns: readonly GridAxis[]
  /** The columns that are shown, if not all are. */
  shown?: readonly GridAxis[]
  cell?: (row: string, column: string) => string
}

/**
 * Puts a block into the grid. With headings (the columns' on top, the rows' in the first column, by name or code) each number goes
 * to its cell whatever the order; without, the block is laid down from one cell to the right and below, over the columns
 * that are shown.
 */
export function distribute(block: string[][], { rows, columns, shown = columns, cell = cellName }: GridShape, from?: { row: string, column: string }): Distributed {
  const values: GridValues = {}
  const problems: Distributed['problems'] = []
  const find = (axis: readonly GridAxis[], text: string) => {
    const sought = text.normalize('NFKC').trim().toLowerCase()
    return axis.find(({ code, names }) => code.toLowerCase() === sought || names.some(name => name.normalize('NFKC').toLowerCase() === sought))
  }
  const put = (line: number, place: number, text: string, row: GridAxis | undefined, column: GridAxis | undefined) => {
    if (text === '') return
    if (!row || !column) return void problems.push({ row: line + 1, column: place + 1, text, code: 'paste_outside' })
    values[cell(row.code, column.code)] = text
    if (readCount(text) === undefined) problems.push({ row: line + 1, column: place + 1, text, code: 'paste_number' })
  }
  const headings = block[0]?.slice(1).map(text => find(columns, text)) ?? []
  if (headings.some(Boolean)) {
    const [first = [], ...lines] = block
    first.slice(1).forEach((text, index) => { if (text && !headings[index]) problems.push({ row: 1, column: index + 2, text, code: 'paste_column_unknown' }) })
    lines.forEach((cells, line) => {
      const [name = '', ...numbers] = cells
      if (cells.every(text => text === '')) return
      const row = find(rows, name)
      if (!row) return void problems.push({ row: line + 2, column: 1, text: name, code: 'paste_row_unknown' })
      numbers.forEach((text, index) => { if (headings[index]) put(line + 1, index + 1, text, row, headings[index]) })
    })
    return { values, problems }
  }
  const startRow = from ? rows.findIndex(({ code }) => code === from.row) : 0
  const startColumn = from ? shown.findIndex(({ code }) => code === from.column) : 0
  block.forEach((cells, line) => cells.forEach((text, place) => put(line, place, text, rows[startRow + line], shown[startColumn + place])))
  return { values, problems }
}
