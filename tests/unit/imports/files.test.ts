import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { writeXlsx } from 'hucre/xlsx'
import { afterAll, describe, expect, it } from 'vitest'
import { fieldsOf, guessColumns, KINDS, missingFields } from '../../../server/imports/fields.ts'
import { firstTable, previewTable } from '../../../server/imports/headings.ts'
import { openTable, type Row } from '../../../server/imports/table.ts'
import { workbookOf, zipOf } from '../../fixtures/workbook.ts'

const folder = mkdtempSync(join(tmpdir(), 'linxue-import-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const save = (bytes: string | Uint8Array) => {
  const path = join(folder, String(++files))
  writeFileSync(path, bytes)
  return path
}
const rowsOf = async (path: string): Promise<Row[]> => {
  const rows: Row[] = []
  for await (const batch of (await openTable(path)).rows()) rows.push(...batch)
  return rows
}
const cellsOf = async (path: string) => (await rowsOf(path)).map(({ cells }) => cells)
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xFF, 0xFE]), Buffer.from(text, 'utf16le')])
// 姓名,村 / 王秀英,柳溪村 as Excel in China saves it.
const GB18030 = Buffer.from('d0d5c3fb2cb4e50d0acdf5d0e3d3a22cc1f8cfaab4e50d0a', 'hex')

describe('text tables', () => {
  it.each([
    ['UTF-8', Buffer.from('姓名,村\r\n王秀英,柳溪村\r\n'), 'utf-8'], ['UTF-8 with a mark', Buffer.from('\uFEFF姓名,村\n王秀英,柳溪村'), 'utf-8'],
    ['GB18030', GB18030, 'gb18030'], ['UTF-16', utf16('姓名\t村\r\n王秀英\t柳溪村\r\n'), 'utf-16le'], ['semicolons', Buffer.from('姓名;村\n王秀英;柳溪村'), 'utf-8'],
  ])('%s', async (_, bytes, encoding) => {
    const path = save(bytes)
    expect((await openTable(path)).encoding).toBe(encoding)
    expect(await cellsOf(path)).toEqual([['姓名', '村'], ['王秀英', '柳溪村']])
  })

  it('a line that is in no encoding is named', async () => {
    const path = save(Buffer.concat([Buffer.from('姓名\n王秀英\n'), Buffer.from([0xFF, 0xFF, 0x0A])]))
    await expect(openTable(path)).rejects.toMatchObject({ code: 'encoding_unknown', details: { line: 3 } })
  })

  it('quotes keep commas and line breaks; an open one is named', async () => {
    expect(await cellsOf(save('姓名,备注\n王秀英,"一, ""二""\n三"\n'))).toEqual([['姓名', '备注'], ['王秀英', '一, "二"\n三']])
    await expect(rowsOf(save('姓名,备注\n王秀英,"没有完\n'))).rejects.toMatchObject({ code: 'quote_open' })
  })

  it('more rows than the limit are refused, wherever they come', async () => {
    await expect(rowsOf(save('姓名\n' + '甲\n'.repeat(200_100)))).rejects.toMatchObject({ code: 'rows_too_many' })
  })

  it.each([
    ['nothing', '', 'file_empty'], ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'file_old_excel'], ['a PDF', '%PDF-1.7 …', 'file_kind_unknown'],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'file_kind_unknown'], ['any other archive', zipOf({ 'a.txt': 'x' }), 'file_kind_unknown'],
    ['half a workbook', workbookOf([['姓名']]).subarray(0, 200), 'workbook_unreadable'],
  ])('%s is refused', async (_, bytes, code) => await expect(openTable(save(bytes))).rejects.toMatchObject({ code }))
})

describe('workbooks', () => {
  it('what another library writes is read back: texts, numbers, days', async () => {
    const path = save(await writeXlsx({ sheets: [{ name: '名单', rows: [['姓名', '手机', '日期', '学时'], ['王秀英', 13900000001, new Date('2026-03-05T00:00:00Z'), 1.5], ['', null, null, 0.1 + 0.2]] }] }))
    const cells = await cellsOf(path)
    expect(cells[1]).toEqual(['王秀英', '13900000001', '2026-03-05', '1.5'])
    expect(cells[2]!.at(-1)).toBe('0.3')
  })

  it('a formula is its last result and never run; one without a result and an error are named', async () => {
    const path = save(workbookOf([['姓名', '学时'], ['王秀英', { xml: '<f>HYPERLINK("http://x")</f><v>2</v>' }], ['李四', { xml: '<f>1+1</f>' }], ['王五', { xml: '<v>#N/A</v>', type: 'e' }]]))
    const rows = await rowsOf(path)
    expect(rows.map(({ cells }) => cells[1])).toEqual(['学时', '2', '', '#N/A'])
    expect(rows.map(({ faults }) => faults?.[1])).toEqual([undefined, undefined, 'formula_without_value', 'cell_error'])
  })

  it('an ID number that became a number is noticed', async () => {
    const [row] = await rowsOf(save(workbookOf([[{ xml: '<v>1.10105194912310E+17</v>' }, { xml: '<v>13900000001</v>' }]])))
    expect(row!.faults).toEqual({ 0: 'number_rounded' })
  })

  it('merged headings are refused with the cells; a merged title above them is passed over', async () => {
    const merged = await openTable(save(workbookOf([['姓名', '日期', '学时'], ['王秀英', '2026-03-05', '2']], { merges: ['A1:B1'] })))
    await expect(previewTable(merged, 'participation')).rejects.toMatchObject({ code: 'header_merged', details: { cells: 'A1:B1' } })
    const titled = await openTable(save(workbookOf([['柳溪镇培训签到表'], ['姓名', '日期', '学时'], ['王秀英', '2026-03-05', '2']], { merges: ['A1:C1'] })))
    expect(await previewTable(titled, 'participation')).toMatchObject({ headingLine: 2, headings: ['姓名', '日期', '学时'], sample: [{ line: 3 }] })
  })

  it('rows keep their numbers across empty ones; hidden sheets are passed over', async () => {
    const rows = await rowsOf(save(workbookOf([['姓名'], ['王秀英']], { gap: 5 })))
    expect(rows.map(({ line }) => line)).toEqual([1, 7])
  })

  it('a bomb is refused before it is unpacked, and one that lies about its size as well', async () => {
    const zeros = Buffer.alloc(350 * 1024 * 1024, 0x20)
    await expect(openTable(save(zipOf({ 'xl/workbook.xml': '<workbook/>', 'xl/worksheets/sheet1.xml': zeros })))).rejects.toMatchObject({ code: 'unpacked_too_large' })
    const lying = workbookOf([['姓名']], { rawSheet: { data: deflateRawSync(Buffer.alloc(30 * 1024 * 1024, 0x20)), claims: 1000 } })
    await expect(openTable(save(lying))).rejects.toMatchObject({ code: 'workbook_unreadable' })
  })

  it('entities and document types are refused', async () => {
    const sheet = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    await expect(rowsOf(save(workbookOf([], { sheet })))).rejects.toMatchObject({ code: 'workbook_unreadable' })
  })
})

describe('columns', () => {
  it('are guessed by the many words for them, each once', () => {
    expect(guessColumns('participation', ['序号', '姓 名', '联系电话', '身份证号码*', '培训日期', '课时', '承办单位'])).toEqual({ name: 1, phone: 2, idNumber: 3, date: 4, hours: 5, host: 6 })
    expect(guessColumns('persons', ['姓名（必填）', '出生日期', '村（社区）'])).toEqual({ name: 0, birth: 1, residence: 2 })
  })

  it('that are needed are asked for', () => {
    const missing = (...ids: string[]) => missingFields('participation', id => ids.includes(id))
    expect(missing('name')).toEqual(['date', 'idNumber', 'hours'])
    expect(missing('name', 'phone', 'date', 'time')).toEqual([])
  })
})

describe('workbooks of several sheets', () => {
  const book = async (...sheets: [name: string, rows: string[][], hidden?: boolean][]) => save(await writeXlsx({ sheets: sheets.map(([name, rows, hidden]) => ({ name, rows, hidden })) }))
  const march = [['姓名', '村'], ['王秀英', '柳溪村']]
  const april = [['村', '姓名'], ['果园村', '李强']]
  const textsOf = async (path: string, sheet?: string) => {
    const rows: Row[] = []
    for await (const batch of (await openTable(path, sheet)).rows()) rows.push(...batch)
    return rows.map(({ cells }) => cells)
  }

  it('name every sheet, and which of them are hidden, and read the one that is asked for', async () => {
    const path = await book(['旧名单', april, true], ['三月', march], ['四月', april])
    expect(await openTable(path)).toMatchObject({ sheet: '三月', sheets: [{ name: '旧名单', isHidden: true }, { name: '三月', isHidden: false }, { name: '四月', isHidden: false }] })
    expect([await textsOf(path), await textsOf(path, '四月'), await textsOf(path, '旧名单')]).toEqual([march, april, april])
    await expect(openTable(path, '五月')).rejects.toMatchObject({ code: 'sheet_unknown' })
  })

  it('begin with the first shown sheet that has a table', async () => {
    const path = await book(['说明', []], ['四月', april])
    expect(await firstTable(path, 'persons')).toMatchObject({ table: { sheet: '四月' }, preview: { headings: ['村', '姓名'] } })
    await expect(firstTable(await book(['空', []], ['也空', []], ['藏', april, true]), 'persons')).rejects.toMatchObject({ code: 'table_empty' })
  })
})

it.each(KINDS)('every hint on %s is there in English too', (kind) => {
  expect(fieldsOf(kind).filter(({ hint, hintEn }) => (hint === '') !== (hintEn === '') || /[\u4e00-\u9fff]{9,}/.test(hintEn)).map(({ id }) => id)).toEqual([])
})
