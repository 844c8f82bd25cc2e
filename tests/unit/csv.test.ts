import { expect, it } from 'vitest'
import { toCsv } from '../../shared/utils/csv.ts'

it('begins with the mark by which Excel knows UTF-8, and ends each line as Windows does', () => {
  expect(toCsv([['单位', '人数'], ['云溪县', 12]])).toBe('\uFEFF单位,人数\r\n云溪县,12\r\n')
})

it.each(['=1+1', '+86', '-2', '@sum', '\t=1', ' =1', '\n=1', '＝1', '＋1', '－1', '＠a'])('%j is text, not a formula', (cell) => {
  expect(toCsv([[cell]]).replace(/^\uFEFF"?/, '')[0]).toBe('\'')
})

it('leaves numbers as numbers, negative ones too, and nothing for null', () => {
  expect(toCsv([[-3, 0.5, null]])).toBe('\uFEFF-3,0.5,\r\n')
})

it('quotes commas, quotes and line breaks', () => {
  expect(toCsv([['a,b', 'say "hi"', 'x\r\ny']])).toBe('\uFEFF"a,b","say ""hi""","x\r\ny"\r\n')
  expect(toCsv([['=HYPERLINK("x","y")']])).toBe('\uFEFF"\'=HYPERLINK(""x"",""y"")"\r\n')
})
