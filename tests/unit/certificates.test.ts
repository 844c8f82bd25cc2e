import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'
import { readPdf } from '../../server/privacy/pdf.ts'

const pdf = (body: string) => new TextEncoder().encode(`%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n${body}\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n`)
const objects = (content: string, dictionary = '/Filter /FlateDecode') =>
  Buffer.concat([Buffer.from(`%PDF-1.5\n4 0 obj <</Type /ObjStm /N 1 /First 4 ${dictionary}>> stream\n`), dictionary ? deflateSync(content) : Buffer.from(content), Buffer.from('\nendstream endobj\nstartxref\n9\n%%EOF')])

describe('a PDF', () => {
  it('that shows pages is plain, whatever stands in its pictures', () => {
    expect(readPdf(pdf('3 0 obj <</Length 20>> stream\n x/JS y /Launch z \nendstream endobj'))).toBe('plain')
    expect(readPdf(objects('5 0 <</Type /Page>>'))).toBe('plain')
    expect(readPdf(pdf('6 0 obj (a /title) endobj'))).toBe('plain')
  })

  it.each([
    '3 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj', '3 0 obj <</S /J#61vaScript>> endobj', '3 0 obj <</S /Launch /F (cmd.exe)>> endobj',
    '3 0 obj <</Type /EmbeddedFile>> endobj', '3 0 obj <</XFA 4 0 R>> endobj',
  ])('that acts is found out: %s', (body) => { expect(readPdf(pdf(body))).toBe('active') })

  it('that hides an act in packed objects, or how they are packed, is found out', () => {
    expect(readPdf(objects('5 0 <</S /JavaScript /JS (x)>>'))).toBe('active')
    expect(readPdf(objects('5 0 <</S /JS>>', ''))).toBe('active')
    expect(readPdf(objects('5 0 <</Type /Page>>', '/Filter [/ASCII85Decode /FlateDecode]'))).toBe('active')
    expect(readPdf(Buffer.from('%PDF-1.5\n4 0 obj <</Type /ObjStm /Filter /FlateDecode>> stream\nnothing\nendstream\n%%EOF'))).toBe('active')
    expect(readPdf(objects(' '.repeat(40 * 1024 * 1024)))).toBe('active')
  })

  it('behind a password is locked, and half a one is none', () => {
    expect(readPdf(pdf('trailer <</Encrypt 9 0 R>>'))).toBe('locked')
    for (const text of ['', '%PDF-', 'GIF89a', '<html>%PDF-1.4 %%EOF', '%PDF-1.4 without an end']) expect(readPdf(new TextEncoder().encode(text)), text).toBeNull()
  })
})

describe('a sealed file', () => {
  const vault = openVault(`2:${Buffer.alloc(32, 2).toString('base64')},1:${Buffer.alloc(32, 1).toString('base64')}`)
  const content = new TextEncoder().encode('证书')

  it('opens for its own id and nothing else, and not as a number', () => {
    const sealed = vault.sealFile('a', content)
    expect(vault.openFile('a', sealed)).toEqual(Buffer.from(content))
    expect(sealed.cipher.includes(Buffer.from(content))).toBe(false)
    expect(() => vault.openFile('b', sealed)).toThrow()
    expect(() => vault.openFile('a', { ...sealed, keyId: 1 })).toThrow()
    expect(() => vault.open('phone', sealed)).toThrow()
    sealed.cipher[20]! ^= 1
    expect(() => vault.openFile('a', sealed)).toThrow()
  })

  it('is found again by an equal file, under any sealing key', () => {
    const older = openVault(`1:${Buffer.alloc(32, 1).toString('base64')}`)
    expect(older.sealFile('x', content).lookup).toEqual(vault.sealFile('y', content).lookup)
    expect(vault.openFile('x', older.sealFile('x', content))).toEqual(Buffer.from(content))
    expect(vault.sealFile('x', content).lookup).not.toEqual(vault.sealFile('x', Buffer.from('other')).lookup)
  })

  it('leaves, deleted, a digest that finds an equal one under another key, and is no file', () => {
    const [before, after] = [1, 3].map(id => openVault(`${id}:${Buffer.alloc(32, id).toString('base64')}`)) as [typeof vault, typeof vault]
    const gone = before.sealFile('x', content)
    const kept = after.sealDigest('x', before.openDigest('x', gone))
    expect(kept.lookup).toEqual(after.sealFile('y', content).lookup)
    expect(kept.lookup).not.toEqual(gone.lookup)
    for (const sealed of [kept, after.sealFile('x', content)]) expect(() => before.openDigest('x', sealed)).toThrow()
    expect(() => after.openDigest('y', kept)).toThrow()
    expect(() => after.openFile('x', { cipher: kept.digest, keyId: kept.keyId })).toThrow()
  })
})
