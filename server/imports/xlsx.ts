// Workbooks, a row at a time: nothing is calculated, nothing is unpacked beyond its limit, and one sheet is read at a time.
import type { Readable } from 'node:stream'
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { type Entry, open, type ZipFile } from 'yauzl'
import { ImportFault, LIMITS } from './fault.ts'
import type { Row, Sheet, Table } from './table.ts'

const BATCH = 500
const MOST_PARTS = 2_000

interface Styles { isDate: boolean[] }

/** Reads the sheet that is asked for, else the first that is shown. @throws ImportFault `sheet_unknown` | `workbook_unreadable` | `unpacked_too_large` | `file_kind_unknown` */
export async function openWorkbook(path: string, asked?: string): Promise<Table> {
  const parts = await listParts(path)
  if (!parts.has('xl/workbook.xml')) throw new ImportFault('file_kind_unknown')
  const { sheet, sheets, target, from1904 } = await sheetAsked(path, asked)
  return {
    format: 'xlsx', sheet, sheets, merges: await mergedCells(path, target),
    rows: () => sheetRows(path, target, from1904),
  }
}

// ── the archive ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whatever a part claims to unpack to is what it may unpack to: the library ends the stream of one that lies. */
async function listParts(path: string): Promise<Map<string, number>> {
  const parts = new Map<string, number>()
  let bytes = 0
  await eachPart(path, (entry) => {
    bytes += entry.uncompressedSize
    parts.set(entry.fileName, entry.uncompressedSize)
    if (bytes > LIMITS.unpackedBytes) throw new ImportFault('unpacked_too_large', { megabytes: LIMITS.unpackedBytes / 1024 / 1024 })
    if (parts.size > MOST_PARTS) throw new ImportFault('workbook_unreadable')
    return false
  })
  return parts
}

/** Goes through the parts until `visit` says that it has what it wants. */
async function eachPart(path: string, visit: (entry: Entry, zip: ZipFile) => boolean | Promise<boolean>): Promise<void> {
  const zip = await new Promise<ZipFile>((resolve, reject) => open(path, { lazyEntries: true, autoClose: false }, (error, file) => {
    if (error) reject(new ImportFault('workbook_unreadable'))
    else resolve(file)
  }))
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('error', () => reject(new ImportFault('workbook_unreadable')))
      zip.on('end', resolve)
      zip.on('entry', (entry: Entry) => {
        Promise.resolve().then(() => visit(entry, zip)).then(found => found ? resolve() : zip.readEntry()).catch(reject)
      })
      zip.readEntry()
    })
  }
  finally { zip.close() }
}

/** Hands over the text of one part in pieces; false when there is no such part. `take` may stop early by returning true. */
async function readPart(path: string, name: string, take: (text: string) => boolean | undefined | Promise<boolean | undefined>): Promise<boolean> {
  let found = false
  await eachPart(path, async (entry, zip) => {
    if (entry.fileName !== name) return false
    found = true
    for await (const text of textOf(zip, entry)) if (await take(text)) break
    return true
  })
  return found
}

async function* textOf(zip: ZipFile, entry: Entry): AsyncGenerator<string> {
  const stream = await new Promise<Readable>((resolve, reject) => zip.openReadStream(entry, (error, readable) => {
    if (error) reject(new ImportFault('workbook_unreadable'))
    else resolve(readable)
  }))
  const decoder = new TextDecoder('utf-8')
  try { for await (const chunk of stream) yield decoder.decode(chunk as Buffer, { stream: true }) }
  catch (error) { throw error instanceof ImportFault ? error : new ImportFault('workbook_unreadable') }
}

/** Feeds a part to a parser of its own. Document types are refused by never being looked at: no entity is ever declared. */
async function parsePart(path: string, name: string, set: (parser: SaxesParser) => void): Promise<boolean> {
  const parser = newParser()
  set(parser)
  return readPart(path, name, (text) => {
    parser.write(text)
    return undefined
  })
}

function newParser(): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, position: false })
  parser.on('error', () => { throw new ImportFault('workbook_unreadable') })
  parser.on('doctype', () => { throw new ImportFault('workbook_unreadable') })
  return parser
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

// ── the parts ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function sheetAsked(path: string, asked?: string): Promise<{ sheet: string, sheets: Sheet[], target: string, from1904: boolean }> {
  const sheets: { name: string, relation: string, isHidden: boolean }[] = []
  let from1904 = false
  await parsePart(path, 'xl/workbook.xml', parser => parser.on('opentag', (tag) => {
    const { attributes } = tag as SaxesTagPlain
    if (localName(tag.name) === 'workbookPr') from1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
    if (localName(tag.name) === 'sheet') sheets.push({ name: attributes.name ?? '', relation: attributes['r:id'] ?? '', isHidden: ['hidden', 'veryHidden'].includes(attributes.state ?? '') })
  }))
  const targets = new Map<string, string>()
  await parsePart(path, 'xl/_rels/workbook.xml.rels', parser => parser.on('opentag', (tag) => {
    const { attributes } = tag as SaxesTagPlain
    if (attributes.Id && attributes.Target) targets.set(attributes.Id, attributes.Target)
  }))
  const read = sheets.find(({ name, isHidden }) => asked === undefined ? !isHidden : name === asked)
  if (!read) throw new ImportFault(asked === undefined ? 'workbook_unreadable' : 'sheet_unknown')
  const target = targets.get(read.relation) ?? 'worksheets/sheet1.xml'
  return { sheet: read.name, sheets: sheets.map(({ name, isHidden }) => ({ name, isHidden })), target: target.startsWith('/') ? target.slice(1) : `xl/${target}`, from1904 }
}

/** Stands at the end of the sheet, so the text is only looked through. */
async function mergedCells(path: string, target: string): Promise<string[]> {
  const merges: string[] = []
  let rest = ''
  const found = await readPart(path, target, (text) => {
    rest += text
    for (const [, range] of rest.matchAll(/<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"/g)) if (merges.length < 5_000) merges.push(range!)
    rest = rest.slice(rest.lastIndexOf('<')).slice(-500)
    return undefined
  })
  if (!found) throw new ImportFault('workbook_unreadable')
  return [...new Set(merges)]
}

async function sharedTexts(path: string): Promise<string[]> {
  const texts: string[] = []
  let text = ''
  let characters = 0
  let isText = false
  let isPhonetic = false
  await parsePart(path, 'xl/sharedStrings.xml', (parser) => {
    parser.on('opentag', ({ name }) => {
      const tag = localName(name)
      if (tag === 'si') text = ''
      if (tag === 'rPh') isPhonetic = true
      isText = tag === 't' && !isPhonetic
    })
    parser.on('text', (part) => { if (isText) text += part })
    parser.on('closetag', ({ name }) => {
      const tag = localName(name)
      isText = false
      if (tag === 'rPh') isPhonetic = false
      if (tag !== 'si') return
      characters += text.length + 16
      if (characters > LIMITS.sharedCharacters) throw new ImportFault('unpacked_too_large', { megabytes: LIMITS.unpackedBytes / 1024 / 1024 })
      texts.push(text.slice(0, LIMITS.cellCharacters + 1))
    })
  })
  return texts
}

async function stylesOf(path: string): Promise<Styles> {
  const custom = new Map<number, string>()
  const isDate: boolean[] = []
  let isInCells = false
  await parsePart(path, 'xl/styles.xml', (parser) => {
    parser.on('opentag', (tag) => {
      const { attributes } = tag as SaxesTagPlain
      const name = localName(tag.name)
      if (name === 'numFmt') custom.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
      if (name === 'cellXfs') isInCells = true
      if (name === 'xf' && isInCells) isDate.push(isDateFormat(Number(attributes.numFmtId ?? 0), custom))
    })
    parser.on('closetag', ({ name }) => { if (localName(name) === 'cellXfs') isInCells = false })
  })
  return { isDate }
}

/** The built-in formats of days and times (those of Chinese Excel included), or one whose code names parts of a date. */
function isDateFormat(id: number, custom: Map<number, string>): boolean {
  const code = custom.get(id)
  if (code === undefined) return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
  return /[ymdhs年月日时]/i.test(code.replace(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, ''))
}

async function* sheetRows(path: string, target: string, from1904: boolean): AsyncGenerator<Row[]> {
  const [texts, { isDate }] = await Promise.all([sharedTexts(path), stylesOf(path)])
  const parser = newParser()
  const parsed: Row[] = []
  let row: Row | undefined
  let line = 0
  let column = -1
  let type = ''
  let style = 0
  let value = ''
  let hasFormula = false
  let isValue = false
  parser.on('opentag', (tag) => {
    const { attributes } = tag as SaxesTagPlain
    const name = localName(tag.name)
    if (name === 'row') {
      line = attributes.r ? Number(attributes.r) : line + 1
      column = -1
      row = { line, cells: [] }
    }
    else if (name === 'c') {
      column = attributes.r ? columnOf(attributes.r) : column + 1
      type = attributes.t ?? 'n'
      style = Number(attributes.s ?? 0)
      value = ''
      hasFormula = false
    }
    else if (name === 'f') hasFormula = true
    else if (name === 'v' || name === 't') isValue = true
  })
  parser.on('text', (text) => { if (isValue && value.length <= LIMITS.cellCharacters) value += text })
  parser.on('closetag', ({ name: full }) => {
    const name = localName(full)
    if (name === 'v' || name === 't') isValue = false
    else if (name === 'c' && row) {
      if (column >= LIMITS.columns) {
        if (value !== '') throw new ImportFault('columns_too_many', { columns: LIMITS.columns })
        return
      }
      while (row.cells.length < column) row.cells.push('')
      const fault = type === 'e' ? 'cell_error' : hasFormula && value === '' ? 'formula_without_value' : type === 'n' && isRounded(value) ? 'number_rounded' : undefined
      row.cells[column] = fault === 'formula_without_value' ? '' : cellText(type, value, texts, isDate[style] ?? false, from1904)
      if (fault) (row.faults ??= {})[column] = fault
    }
    else if (name === 'row' && row) {
      if (row.line > LIMITS.rows + 20 && row.cells.some(cell => cell !== '')) throw new ImportFault('rows_too_many', { rows: LIMITS.rows })
      parsed.push(row)
      row = undefined
    }
  })
  const zip = await new Promise<ZipFile>((resolve, reject) => open(path, { lazyEntries: true, autoClose: false }, (error, file) => error ? reject(new ImportFault('workbook_unreadable')) : resolve(file)))
  try {
    const entry = await findPart(zip, target)
    for await (const text of textOf(zip, entry)) {
      parser.write(text)
      while (parsed.length >= BATCH) yield parsed.splice(0, BATCH)
    }
    if (parsed.length) yield parsed.splice(0)
  }
  finally { zip.close() }
}

function findPart(zip: ZipFile, name: string): Promise<Entry> {
  return new Promise((resolve, reject) => {
    zip.on('error', () => reject(new ImportFault('workbook_unreadable')))
    zip.on('end', () => reject(new ImportFault('workbook_unreadable')))
    zip.on('entry', (entry: Entry) => entry.fileName === name ? resolve(entry) : zip.readEntry())
    zip.readEntry()
  })
}

/** A is 0. */
function columnOf(reference: string): number {
  let column = 0
  for (const letter of reference) {
    const at = letter.charCodeAt(0) - 64
    if (at < 1 || at > 26) break
    column = column * 26 + at
  }
  return column - 1
}

/** A spreadsheet keeps fifteen digits: an ID number typed as a number has lost its end. */
function isRounded(value: string): boolean {
  return /^\d{16,}$/.test(value) || (/^[\d.]+E\+?1[5-9]$/i.test(value))
}

function cellText(type: string, value: string, texts: string[], isDate: boolean, from1904: boolean): string {
  if (type === 's') return texts[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? '是' : '否'
  if (type !== 'n' || value === '') return value
  const number = Number(value)
  if (!Number.isFinite(number)) return value
  if (isDate) return dateText(number, from1904)
  // 0.1 + 0.2 as Excel shows it, and no exponent for a phone number.
  return Number.isInteger(number) ? number.toFixed(0) : String(Number(number.toPrecision(15)))
}

/** A day, a time of day or both, from days since the end of 1899 (or 1904). */
function dateText(serial: number, from1904: boolean): string {
  const minutes = Math.round((serial % 1) * 1440)
  const time = `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  if (serial < 1) return time
  // Day 60 is 29 February 1900, which never was.
  const days = Math.floor(serial) + (from1904 ? 1462 : 0)
  const date = new Date(Date.UTC(1899, 11, days < 60 ? 31 : 30) + days * 86_400_000)
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return String(serial)
  const day = date.toISOString().slice(0, 10)
  return minutes > 0 && minutes < 1440 ? `${day} ${time}` : day
}
