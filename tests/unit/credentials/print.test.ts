// Certificates on paper and as pictures: what they say, that rare characters are there, and that a pile stays light.
import { inflateSync } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { bodyOf, type Certificate, certificateDrawing, chineseDate } from '../../../server/credentials/print/certificate.ts'
import type { Drawing, TextItem } from '../../../server/credentials/print/drawing.ts'
import { linesOf, missingCharacters, printable, widthOf } from '../../../server/credentials/print/fonts.ts'
import { pdfOf, pngOf, svgOf } from '../../../server/credentials/print/paint.ts'
import { transcriptDrawings } from '../../../server/credentials/print/transcript.ts'
import { groupedCode, typedCode } from '../../../shared/utils/credential-code.ts'

const certificate = (name = '王秀英', title = '智能手机入门'): Certificate => ({
  kind: 'course', code: '7K3MQ9TDXW2F', issuedAt: new Date('2026-05-12T01:00:00Z'), address: 'https://learn.example.cn/verify/7K3MQ9TDXW2F',
  snapshot: { name, title, unit: '清溪镇社区学校', region: '清江市', lessons: 8, minutes: 200, milliCredits: 4444, finishedOn: '2026-05-12' },
})
const texts = (drawing: Drawing) => drawing.items.filter((item): item is TextItem => 'text' in item)
const words = (drawing: Drawing) => texts(drawing).map(({ text }) => text).join('\n')

describe('a certificate', () => {
  it('says who, what, when, by whom, and where it is checked', () => {
    const said = words(certificateDrawing(certificate()))
    for (const part of ['结业证书', '王秀英', '《智能手机入门》', '8 节课', '4.444 学分', '清溪镇社区学校', '二〇二六年五月十二日', '7K3M-Q9TD-XW2F']) expect(said.replaceAll('\n', '')).toContain(part)
  })

  it.each([['王㙓'], ['赵𬭚'], ['钱䶮'], ['孙𠅤'], ['周㛃'], ['吴𫖯'], ['郑喆犇淼'], ['阿卜杜拉·买买提'], ['Zoë Müller']])('has a shape for every character of %s', (name) => {
    expect(missingCharacters(name)).toEqual([])
    expect(words(certificateDrawing(certificate(name)))).toContain(name)
  })

  it('sets a sign, not an empty box, for a character that the font lacks', () => {
    expect(missingCharacters('王\u{2A6D6}😀')).toEqual(['\u{2A6D6}', '😀'])
    expect(printable('王\u{2A6D6}')).toBe('王〓')
    expect(svgOf(certificateDrawing(certificate('王😀')))).not.toContain('NaN')
  })

  it.each([['王'], ['欧阳'.repeat(10)], ['阿卜杜热合曼·艾合买提江·吐尔逊'.repeat(2)]])('keeps everything on the sheet for the name %s and the longest title', (name) => {
    const sheet = certificateDrawing(certificate(name, '长'.repeat(60)))
    for (const { text, x, y, size, weight, spacing } of texts(sheet)) {
      expect(x, text).toBeGreaterThan(40)
      expect(x + widthOf(text, size, weight, spacing), text).toBeLessThan(sheet.width - 40)
      expect(y, text).toBeLessThan(sheet.height - 60)
    }
  })

  it('of an honour or an award says its own words', () => {
    expect(bodyOf('honour', { ...certificate().snapshot, title: '学习之星', criteria: '全年学习 60 小时。' })).toBe('荣获“学习之星”称号。全年学习 60 小时。')
    expect(bodyOf('award', { ...certificate().snapshot, title: '社区学习一级成果', criteria: '用 10 学分申请。' })).toBe('取得“社区学习一级成果”。用 10 学分申请。')
  })

  it('is a picture of the asked width', () => {
    const png = pngOf(certificateDrawing(certificate()), 1200)
    expect([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 1200, 848])
  })
})

it('a date is written out in full', () => {
  expect(['2026-01-10', '2030-10-20', '2026-12-31', '2026-11-01'].map(day => chineseDate(new Date(`${day}T04:00:00Z`))))
    .toEqual(['二〇二六年一月十日', '二〇三〇年十月二十日', '二〇二六年十二月三十一日', '二〇二六年十一月一日'])
  expect(chineseDate(new Date('2026-05-12T17:00:00Z'))).toBe('二〇二六年五月十三日')
})

it('lines are never wider than asked, lose nothing, and begin with no closing mark', () => {
  const text = '于 2026 年 5 月 12 日学完《智能手机入门与反诈骗，安全上网课》全部 8 节课，共 200 分钟，获 4.444 学分，准予结业。'
  for (const width of [80, 120, 200, 333, 560]) {
    const lines = linesOf(text, 17, width)
    expect(lines.join('')).toBe(text)
    for (const line of lines) {
      expect(widthOf(line.replace(/[，。、》]+$/, '').trimEnd(), 17)).toBeLessThanOrEqual(width)
      expect(line).not.toMatch(/^[，。、》]/)
      expect(line).not.toMatch(/《$/)
    }
  }
})

describe('a pile of certificates', () => {
  it('is one PDF with a page each, made in pieces, with the rare characters embedded', async () => {
    let drawn = 0
    let firstPieceAfter = 0
    const stream = pdfOf((function* () {
      while (drawn < 60) {
        drawn++
        yield certificateDrawing(certificate(`王㙓𬭚${drawn}`))
      }
    })(), '证书')
    stream.once('data', () => { firstPieceAfter = drawn })
    const pdf = await buffer(stream)
    expect(firstPieceAfter).toBeLessThan(10)
    const source = pdf.toString('latin1')
    expect(source).toMatch(/^%PDF-1\.\d/)
    expect(source.match(/\/Type \/Page\b(?!s)/g)).toHaveLength(60)
    expect(pdf.length).toBeLessThan(1_000_000)
    // The maps from glyphs to text, by which a reader finds and copies names.
    const maps = [...source.matchAll(/stream\r?\n/g)].map(({ index, 0: mark }) => {
      try { return inflateSync(pdf.subarray(index + mark.length)).toString('latin1') }
      catch { return '' }
    }).join('')
    expect(maps.includes('3653'), '㙓').toBe(true)
    expect(/d872 ?df5a/i.test(maps), '𬭚 in UTF-16').toBe(true)
  })
})

describe('a transcript', () => {
  const listed = (count: number) => Array.from({ length: count }, (_, index) => ({ ...certificate('王秀英', `第 ${index + 1} 门课：${'学'.repeat(index % 30)}`), kind: 'course' as const }))
  const transcript: Certificate = { ...certificate(), kind: 'transcript', snapshot: { name: '王秀英', title: '学习成绩单', unit: '清江市', region: '清江市', years: [{ year: 2025, minutes: 900, milliCredits: 20_000 }, { year: 2026, minutes: 80, milliCredits: 1500 }] } }

  it.each([[1, 1], [60, 3]])('of %i certificates has them all on %i or more sheets, each with its code', (count, atLeast) => {
    const sheets = transcriptDrawings(transcript, listed(count))
    expect(sheets.length).toBeGreaterThanOrEqual(atLeast)
    const said = sheets.map(words).join('\n')
    for (let index = 1; index <= count; index++) expect(said).toContain(`第 ${index} 门课`)
    for (const sheet of sheets) expect(words(sheet)).toContain('7K3M-Q9TD-XW2F')
    expect(said).toContain('2025 年')
    for (const sheet of sheets) for (const { y, text } of texts(sheet)) expect(y, text).toBeLessThan(sheet.height - 20)
  })
})

it('a code is printed in groups and read however it was typed', () => {
  expect(groupedCode('7K3MQ9TDXW2F')).toBe('7K3M-Q9TD-XW2F')
  expect(typedCode(' 7k3m-q9td xw2f')).toBe('7K3MQ9TDXW2F')
  expect(typedCode('oil0-1111-2222')).toBe('011011112222')
})
