import { describe, expect, it } from 'vitest'
import { distribute, readBlock, readCount } from '../../shared/utils/population-grid.ts'

const UNITS = [{ code: 'QJ-1', names: ['柳溪村'] }, { code: 'QJ-2', names: ['果园村'] }]
const GROUPS = [{ code: 'resident', names: ['常住居民', 'Residents'] }, { code: 'elderly', names: ['老年人', 'Older people'] }]

it.each([['1,234', 1234], ['１２３４', 1234], ['1 234', 1234], ['12人', 12], ['0', 0], ['12.0', 12], ['', null], [' — ', null], ['abc', undefined], ['-5', undefined], ['1.5', undefined], ['1e3', undefined], ['9999999999', undefined]])(
  '%j is read as %j', (text, count) => expect(readCount(text)).toBe(count))

it('a block is read with quotes, Windows line ends and a last empty line', () =>
  expect(readBlock('单位\t"常住\n居民"\r\n"柳""溪"\t1\r\n')).toEqual([['单位', '常住\n居民'], ['柳"溪', '1']]))

describe('a block with headings', () => {
  it('goes to its cells whatever the order, by name or code, in either language', () =>
    expect(distribute(readBlock('单位\tOlder people\t常住居民\nQJ-2\t30\t200\n柳溪村\t10\t100'), UNITS, GROUPS)).toEqual({
      values: { 'c.QJ-2.elderly.all': '30', 'c.QJ-2.resident.all': '200', 'c.QJ-1.elderly.all': '10', 'c.QJ-1.resident.all': '100' }, problems: [] }))

  it('says what it does not know and keeps what it could not read', () =>
    expect(distribute(readBlock('单位\t常住居民\t猫\n港口村\t1\t2\n柳溪村\t很多\t3\n\n'), UNITS, GROUPS)).toEqual({
      values: { 'c.QJ-1.resident.all': '很多' },
      problems: [{ row: 1, column: 3, text: '猫', code: 'paste_group_unknown' }, { row: 2, column: 1, text: '港口村', code: 'paste_unit_unknown' }, { row: 3, column: 2, text: '很多', code: 'paste_number' }] }))
})

it('a block without headings is laid down from a cell; what hangs over is said', () =>
  expect(distribute(readBlock('5\t6\n7'), UNITS, GROUPS, { unit: 'QJ-2', group: 'elderly' })).toEqual({
    values: { 'c.QJ-2.elderly.all': '5' },
    problems: [{ row: 1, column: 2, text: '6', code: 'paste_outside' }, { row: 2, column: 1, text: '7', code: 'paste_outside' }] }))
