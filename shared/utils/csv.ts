/** A text or number of a table; null is an empty cell. */
export type CsvCell = string | number | null

// A spreadsheet would run these as formulas; behind spaces and in full width too.
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/

/** A table as CSV that Excel opens as UTF-8 (BOM, CRLF). Texts that a spreadsheet would take for a formula get an apostrophe. */
export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return `\uFEFF${rows.map(row => row.map(cellText).join(',')).join('\r\n')}\r\n`
}

/** A text that no spreadsheet takes for a formula. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

function cellText(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = withoutFormula(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
