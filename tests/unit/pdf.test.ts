// What a PDF may hold that is taken as a certificate: pages, and nothing that acts, however it is hidden.
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPdf } from '../../server/privacy/pdf.ts'
import { honestPdf, pdfOf, streamOf } from '../fixtures/pdf.ts'

const SCRIPT = '/S /JavaScript /JS (app.alert(1))'
const deflated = (content: string, level = 9) => deflateSync(Buffer.from(content, 'latin1'), { level }).toString('latin1')
const packed = (content: string, more = '') => pdfOf(streamOf(deflated(content), `/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode ${more}`))

describe('a PDF', () => {
  it('that shows pages is plain, whatever stands in its pictures', () => {
    expect(readPdf(pdfOf(streamOf(' x/JS y /Launch z ')))).toBe('plain')
    expect(readPdf(packed('5 0 <</Type /Page>>'))).toBe('plain')
    expect(readPdf(pdfOf('6 0 obj (a /title) endobj', '7 0 obj [<2F4A53> true null -1.5 1 0 R] endobj'))).toBe('plain')
    expect(readPdf(pdfOf('3 0 obj <</Length 4 0 R>> stream\n/JS x\nendstream endobj', '4 0 obj 5 endobj'))).toBe('plain')
    expect(readPdf(pdfOf('6 0 obj <</OpenAction [1 0 R /XYZ null null 0]>> endobj'))).toBe('plain')
  })

  it('may hold a link to press, not one that opens by itself', () => {
    const link = '<</S /URI /URI (https://certificates.example/1)>>'
    expect(readPdf(pdfOf(`6 0 obj <</Type /Annot /Subtype /Link /A ${link}>> endobj`))).toBe('plain')
    for (const trigger of ['/OpenAction', '/AA <</O', '/AA']) expect(readPdf(pdfOf(`6 0 obj <<${trigger} ${link}>> endobj`)), trigger).toBe('active')
  })

  it.each(['JavaScript', 'J#61vaScript', 'JS', 'Launch', 'AA', 'OpenAction', 'EmbeddedFile', 'EmbeddedFiles', 'EF', 'XFA', 'SubmitForm', 'GoToR', 'RichMedia'])('that acts by %s is found out', (name) => {
    for (const end of [' ', '\0', '(', '<', '[ ', '%\n', '/X ']) {
      if (name === 'OpenAction' && end === '[ ') continue
      expect(readPdf(pdfOf(`3 0 obj <</Type /Annot /${name}${end.replace('(', '()').replace('<', '<41>').replace('[ ', '[1]').replace('%\n', '%\n0')} >> endobj`)), end).toBe('active')
    }
  })

  it('that hides an act in packed objects, or how they are packed, is found out', () => {
    expect(readPdf(packed(`5 0 <<${SCRIPT}>>`))).toBe('active')
    expect(readPdf(pdfOf(streamOf(`5 0 <<${SCRIPT}>>`, '/Type /ObjStm /N 1 /First 4')))).toBe('active')
    expect(readPdf(pdfOf(streamOf(`5 0 <<${SCRIPT}>>`, '/N 1 /First 4')))).toBe('active')
    expect(readPdf(packed('5 0 <</Type /Page>>', '/DecodeParms <</Predictor 12 /Columns 4>>'))).toBe('active')
    expect(readPdf(pdfOf(streamOf(deflated('5 0 <</Type /Page>>'), '/Type /ObjStm /N 1 /First 4 /Filter [/ASCII85Decode /FlateDecode]')))).toBe('active')
    expect(readPdf(pdfOf(streamOf('nothing', '/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode')))).toBe('active')
    expect(readPdf(packed(' '.repeat(40 * 1024 * 1024)))).toBe('active')
  })

  it('behind a password is locked, and half a one is none', async () => {
    expect(readPdf(pdfOf('trailer <</Encrypt 9 0 R>>'))).toBe('locked')
    expect(readPdf(await honestPdf(pdf => pdf.text('Certificate'), { userPassword: 'x' }))).toBe('locked')
    for (const text of ['', '%PDF-', 'GIF89a', '<html>%PDF-1.4 %%EOF', '%PDF-1.4 without an end']) expect(readPdf(new TextEncoder().encode(text)), text).toBeNull()
  })
})

describe('what a library makes', () => {
  it('of texts and drawings is plain, packed or not', () => fc.assert(fc.asyncProperty(
    fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 5 }), fc.boolean(), fc.constantFrom('1.3', '1.4', '1.5', '1.7'), fc.string(),
    async (texts, compress, pdfVersion, title) => {
      const file = await honestPdf((pdf) => {
        for (const text of texts) pdf.addPage().text(text).circle(100, 100, 50).fill('#c00')
        pdf.image(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'), 0, 0)
      }, { compress, pdfVersion: pdfVersion as '1.3', info: { Title: title.replace(/[/\\]/g, '') } })
      expect(readPdf(file)).toBe('plain')
    }), { numRuns: 60 }), 60_000)

  it('is plain with a link to press, active with a file in it', async () => {
    expect(readPdf(await honestPdf(pdf => pdf.text('here', { link: 'https://example.com' })))).toBe('plain')
    expect(readPdf(await honestPdf(pdf => pdf.file(Buffer.from('MZ'), { name: 'a.exe' })))).toBe('active')
  })
})

// ── disguises ───────────────────────────────────────────────────────────────────────────────────────────────────────

const escaped = fc.constantFrom('JavaScript', 'JS', 'Launch', 'AA', 'EmbeddedFile', 'OpenAction').chain(name =>
  fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }).map(marks =>
    `/${[...name].map((letter, at) => marks[at] ? `#${letter.charCodeAt(0).toString(16)}` : letter).join('')}`))
const blank = fc.constantFrom(' ', '\n', '\r', '\r\n', '\t', '\0', '\f', '')
const act = fc.tuple(escaped, blank).map(([name, space]) => `/S ${name}${space}(app.alert(1))`)

/** Each takes an act that a reader would find and a blank that is put where it may stand. */
const DISGUISES: [name: string, hide: (act: string, space: string) => Buffer][] = [
  ['behind a comment that says stream', (one, space) => pdfOf(`3 0 obj <</Type /Annot %${space.trim()}stream\n${one} %endstream\n>> endobj`)],
  ['behind a comment with a dictionary', (one, space) => pdfOf(`3 0 obj <<%<</Length ${one.length}>>${space.replace(/[\r\n]/g, '')}stream\n${one}\n%\nendstream\n>> endobj`)],
  ['behind a comment with a whole object', one => pdfOf(`3 0 obj <<%4 0 obj <</Length ${one.length}>>stream\n${one}\nendstream endobj\n>> endobj`)],
  ['between two strings that look like a stream', (one, space) => pdfOf(`3 0 obj <</X (${space}\n4 0 obj <</Length ${one.length + 4}>>stream\n) ${one}/Y(\nendstream endobj) >> endobj`)],
  ['after a string with a bracket of its own', one => pdfOf(`3 0 obj <</X (\\(<</Length ${one.length}>>) >>stream\n${one}\nendstream`, 'endobj')],
  ['behind a length that says too much', one => pdfOf(`3 0 obj <</Length ${one.length + 39}>>\nstream\nx\nendstream endobj\n4 0 obj <<${one}>> endobj\nendstream endobj`)],
  ['behind a second length', one => pdfOf(`3 0 obj <</Length 1 /Length ${one.length + 38}>>\nstream\nx\nendstream endobj\n4 0 obj <<${one}>> endobj\nendstream endobj`)],
  ['behind a length in other letters', one => pdfOf(`3 0 obj <</Le#6egth ${one.length + 38}>>\nstream\nx\nendstream endobj\n4 0 obj <<${one}>> endobj\nendstream endobj`)],
  ['behind a length that is somewhere else twice', one => pdfOf('9 0 obj 1 endobj', `3 0 obj <</Length 9 0 R>>\nstream\nx\nendstream endobj\n4 0 obj <<${one}>> endobj\nendstream endobj`, `9 0 obj ${one.length + 38} endobj`)],
  ['as an object in a picture', (one, space) => pdfOf(streamOf(`7${space || ' '}0${space || ' '}obj <<${one}>> endobj`))],
  ['as an object in a picture, with comments between', (one, space) => pdfOf(streamOf(`7 %\n0 %${space}\nobj <<${one}>> endobj`))],
  ['as an object in a picture that is packed without packing', one => pdfOf(streamOf(deflated(`7 0 obj <<${one}>> endobj`, 0), '/Filter /FlateDecode'))],
  ['as an object in a string', one => pdfOf(`3 0 obj (\n7 0 obj <<${one}>> endobj) endobj`)],
  ['in a trailer in a picture', (one, space) => pdfOf(streamOf(`xref\n0 0\ntrailer${space}<</Root <<${one}>>>>`))],
  ['in packed objects that do not say so', one => pdfOf(streamOf(deflated(`5 0 <<${one}>>`), '/N 1 /First 4 /Filter /FlateDecode'))],
  ['in packed objects that say so in other letters', one => pdfOf(streamOf(deflated(`5 0 <<${one}>>`), '/Type /Obj#53tm /N 1 /F#69rst 4 /Filter /FlateDecode'))],
  ['in packed objects by a short name', one => pdfOf(streamOf(deflated(`5 0 <<${one}>>`), '/Type /ObjStm /N 1 /First 4 /F /Fl'))],
  ['after a stream that never ends', one => pdfOf(`3 0 obj <</Length 5>>\nstream\n${one}`)],
  ['in a stream whose content lies elsewhere', one => pdfOf(streamOf(one, '/F (other.pdf)'))],
]

describe('an act', () => {
  it.each(DISGUISES)('is found %s', (_, hide) => fc.assert(fc.property(act, blank, (one, space) => { expect(readPdf(hide(one, space))).toBe('active') }), { numRuns: 200 }), 60_000)

  it('is found wherever a piece of any of this is put into an honest file', async () => {
    const honest = await honestPdf(pdf => pdf.text('Certificate'), { compress: false })
    const ends = [...honest.toString('latin1').matchAll(/endobj\n/g)].map(({ index, 0: end }) => index + end.length)
    fc.assert(fc.property(act, blank, fc.constantFrom(...DISGUISES), fc.constantFrom(...ends), (one, space, [, hide], at) => {
      const piece = hide(one, space).toString('latin1').replace(/^%PDF-1.7\n/, '').replace(/trailer <<\/Root 1 0 R>>\nstartxref\n9\n%%EOF\n$/, '')
      expect(readPdf(Buffer.concat([honest.subarray(0, at), Buffer.from(piece, 'latin1'), honest.subarray(at)]))).toBe('active')
    }), { numRuns: 500 })
  }, 60_000)

  it('and noise never hang the reader', () => fc.assert(fc.property(fc.array(fc.constantFrom('<<', '>>', '(', ')', '%', 'obj', '1 ', 'stream\n', 'endstream', 'endobj', '/Length', '[', ']', '\\', '\n', ' '), { maxLength: 400 }),
    (pieces) => { expect(['plain', 'active', 'locked']).toContain(readPdf(pdfOf(pieces.join('')))) }), { numRuns: 500 }), 60_000)

  it.each(['1 %', '1 %\n', '(', '<<', '[', '1 ', ' obj', '%', '\n', 'trailer ', '/#', '9 0 obj 1 endobj '])('is looked for in five megabytes of %j without going round in it', (piece) => {
    const start = performance.now()
    for (const file of [pdfOf(piece.repeat(5e6 / piece.length)), pdfOf(streamOf(piece.repeat(5e6 / piece.length)))]) readPdf(file)
    expect(performance.now() - start).toBeLessThan(15_000)
  }, 60_000)
})
