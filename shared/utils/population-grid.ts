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

export interface Distributed {
  values: GridValues
  /** What found no place: where it stood (from 1) and what it says. */
  problems: { row: number, column: number, text: string, code: 'paste_unit_unknown' | 'paste_group_unknown' | 'paste_outside' | 'paste_number' }[]
}

/**
 * Puts a block into the grid. With headings (groups on top, units in the first column, by name or code) each number goes
 * to its cell whatever the order; without, the block is laid down from one cell to the right and below, over the columns
 * that are shown.
 */
export function distribute(
  block: string[][], units: readonly GridAxis[], groups: readonly GridAxis[], from?: { unit: string, group: string }, columns: readonly GridAxis[] = groups,
): Distributed {
  const values: GridValues = {}
  const problems: Distributed['problems'] = []
  const find = (axis: readonly GridAxis[], text: string) => {
    const sought = text.normalize('NFKC').trim().toLowerCase()
    return axis.find(({ code, names }) => code.toLowerCase() === sought || names.some(name => name.normalize('NFKC').toLowerCase() === sought))
  }
  const put = (row: number, column: number, text: string, unit: GridAxis | undefined, group: GridAxis | undefined) => {
    if (text === '') return
    if (!unit || !group) return void problems.push({ row: row + 1, column: column + 1, text, code: 'paste_outside' })
    values[cellName(unit.code, group.code)] = text
    if (readCount(text) === undefined) problems.push({ row: row + 1, column: column + 1, text, code: 'paste_number' })
  }
  const headings = block[0]?.slice(1).map(text => find(groups, text)) ?? []
  if (headings.some(Boolean)) {
    const [first = [], ...rows] = block
    first.slice(1).forEach((text, index) => { if (text && !headings[index]) problems.push({ row: 1, column: index + 2, text, code: 'paste_group_unknown' }) })
    rows.forEach((cells, rowIndex) => {
      const [name = '', ...numbers] = cells
      if (cells.every(text => text === '')) return
      const unit = find(units, name)
      if (!unit) return void problems.push({ row: rowIndex + 2, column: 1, text: name, code: 'paste_unit_unknown' })
      numbers.forEach((text, index) => { if (headings[index]) put(rowIndex + 1, index + 1, text, unit, headings[index]) })
    })
    return { values, problems }
  }
  const startUnit = from ? units.findIndex(({ code }) => code === from.unit) : 0
  const startGroup = from ? columns.findIndex(({ code }) => code === from.group) : 0
  block.forEach((cells, row) => cells.forEach((text, column) => put(row, column, text, units[startUnit + row], columns[startGroup + column])))
  return { values, problems }
}
