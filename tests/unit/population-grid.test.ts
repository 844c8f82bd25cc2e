import { describe, expect, it } from 'vitest'
import { AREA_AXIS, areasThatDiffer, cellName, distribute, readBlock, readCount } from '../../shared/utils/population-grid.ts'

const UNITS = [{ code: 'QJ-1', names: ['柳溪村'] }, { code: 'QJ-2', names: ['果园村'] }]
const GROUPS = [{ code: 'resident', names: ['常住居民', 'Residents'] }, { code: 'elderly', names: ['老年人', 'Older people'] }]

it.each([['1,234', 1234], ['１２３４', 1234], ['1 234', 1234], ['12人', 12], ['0', 0], ['12.0', 12], ['', null], [' — ', null], ['abc', undefined], ['-5', undefined], ['1.5', undefined], ['1e3', undefined], ['9999999999', undefined]])(
  '%j is read as %j', (text, count) => expect(readCount(text)).toBe(count))

it('a block is read with quotes, Windows line ends and a last empty line', () =>
  expect(readBlock('单位\t"常住\n居民"\r\n"柳""溪"\t1\r\n')).toEqual([['单位', '常住\n居民'], ['柳"溪', '1']]))

describe('a block with headings', () => {
  it('goes to its cells whatever the order, by name or code, in either language', () =>
    expect(distribute(readBlock('单位\tOlder people\t常住居民\nQJ-2\t30\t200\n柳溪村\t10\t100'), { rows: UNITS, columns: GROUPS })).toEqual({
      values: { 'c.QJ-2.elderly.all': '30', 'c.QJ-2.resident.all': '200', 'c.QJ-1.elderly.all': '10', 'c.QJ-1.resident.all': '100' }, problems: [] }))

  it('says what it does not know and keeps what it could not read', () =>
    expect(distribute(readBlock('单位\t常住居民\t猫\n港口村\t1\t2\n柳溪村\t很多\t3\n\n'), { rows: UNITS, columns: GROUPS })).toEqual({
      values: { 'c.QJ-1.resident.all': '很多' },
      problems: [{ row: 1, column: 3, text: '猫', code: 'paste_column_unknown' }, { row: 2, column: 1, text: '港口村', code: 'paste_row_unknown' }, { row: 3, column: 2, text: '很多', code: 'paste_number' }] }))
})

it('a block without headings is laid down from a cell; what hangs over is said', () =>
  expect(distribute(readBlock('5\t6\n7'), { rows: UNITS, columns: GROUPS }, { row: 'QJ-2', column: 'elderly' })).toEqual({
    values: { 'c.QJ-2.elderly.all': '5' },
    problems: [{ row: 1, column: 2, text: '6', code: 'paste_outside' }, { row: 2, column: 1, text: '7', code: 'paste_outside' }] }))

describe('a grid by area', () => {
  const areas = { rows: GROUPS, columns: AREA_AXIS, cell: (group: string, area: string) => cellName('QJ-1', group, area) }

  it('takes a block with headings, whatever they are called, and one without', () => {
    expect(distribute(readBlock('人群\t城镇\t合计\n老年人\t10\t30'), areas)).toEqual({ values: { 'c.QJ-1.elderly.urban': '10', 'c.QJ-1.elderly.all': '30' }, problems: [] })
    expect(distribute(readBlock('20\t10'), areas, { row: 'elderly', column: 'urban' })).toEqual({ values: { 'c.QJ-1.elderly.urban': '20', 'c.QJ-1.elderly.rural': '10' }, problems: [] })
    expect(distribute(readBlock('人群\t农村\t郊区\n猫\t1\t2'), areas).problems.map(({ code }) => code)).toEqual(['paste_column_unknown', 'paste_row_unknown'])
  })

  it('says where urban and rural are not all, and nothing where one of the three is unknown', () => {
    const values = { 'c.QJ-1.resident.all': '1,000', 'c.QJ-1.resident.urban': '400', 'c.QJ-1.resident.rural': '600', 'c.QJ-1.elderly.all': '300', 'c.QJ-1.elderly.urban': '100',
      'c.QJ-2.elderly.all': '300', 'c.QJ-2.elderly.urban': '100', 'c.QJ-2.elderly.rural': '199', 'c.QJ-2.resident.all': '5', 'c.QJ-2.resident.urban': 'x', 'c.QJ-2.resident.rural': '5' }
    expect(areasThatDiffer(values, ['QJ-1', 'QJ-2'], ['resident', 'elderly'])).toEqual([{ unit: 'QJ-2', group: 'elderly', all: 300, urban: 100, rural: 199 }])
  })
})
