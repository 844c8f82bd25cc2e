import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cleanPhoto } from '../../shared/utils/photo.ts'

const bytes = (...parts: (string | number[])[]) => Uint8Array.from(parts.flatMap(part => typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part))
const segment = (marker: number, content: Uint8Array) => bytes([0xFF, marker, (content.length + 2) >> 8, (content.length + 2) & 255], [...content])
const exif = (orientation: number) => bytes('Exif', [0, 0], 'II', [0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0], 'GPS 30.1N')
const frame = segment(0xC0, bytes([8, 0, 1, 0, 1, 1, 1, 0x11, 0]))
const jpeg = (...segments: Uint8Array[]) => bytes([0xFF, 0xD8], ...segments.map(one => [...one]), [...segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))], [1, 2, 3, 0xFF, 0xD9], 'trailer')
const chunk = (kind: string, content: number[]) => bytes([0, 0, 0, content.length], kind, content, [0, 0, 0, 0])
const png = (...chunks: Uint8Array[]) => bytes([0x89], 'PNG\r\n\x1A\n', ...chunks.map(one => [...one]))
const said = (photo: ReturnType<typeof cleanPhoto>) => Buffer.from(photo!.bytes).toString('latin1')

it.each([['nothing', bytes()], ['a text', bytes('hello')], ['a page', bytes('<html>')], ['a drawing', bytes('<svg xmlns=')], ['a GIF', bytes('GIF89a')], ['half a JPEG', jpeg(frame).subarray(0, 20)],
  ['a JPEG without a picture', bytes([0xFF, 0xD8, 0xFF, 0xD9])], ['half a PNG', png(chunk('IHDR', [1])).subarray(0, 12)], ['a PNG without a picture', png(chunk('IHDR', [1]), chunk('IEND', []))],
  ['a WebP that is longer than it is', bytes('RIFF', [255, 0, 0, 0], 'WEBP')]])('%s is no photo', (_name, file) => expect(cleanPhoto(file)).toBeNull())

describe('a JPEG', () => {
  it('loses place, comment and trailer, and keeps the picture', () => {
    const clean = cleanPhoto(jpeg(segment(0xE0, bytes('JFIF')), segment(0xE1, exif(1)), segment(0xE1, bytes('http://ns.adobe.com/xap')), segment(0xFE, bytes('a comment')), frame))
    expect(clean!.extension).toBe('jpg')
    expect(said(clean)).toContain('JFIF')
    expect(said(clean)).not.toMatch(/GPS|Exif|adobe|comment|trailer/)
    expect(cleanPhoto(clean!.bytes)!.bytes).toEqual(clean!.bytes)
  })

  it('keeps the way up', () => {
    const clean = cleanPhoto(jpeg(segment(0xE1, exif(6)), frame))
    expect(said(clean)).toContain('Exif')
    expect(said(clean)).not.toContain('GPS')
    expect(cleanPhoto(clean!.bytes)!.bytes).toEqual(clean!.bytes)
  })

  it('of the portal itself passes unharmed in its picture', () => {
    const file = readFileSync(new URL('../../docs/images/portal.jpg', import.meta.url))
    expect(cleanPhoto(file)!.bytes.length).toBeGreaterThan(file.length * 0.9)
  })
})

it('a PNG loses its texts', () => {
  const clean = cleanPhoto(png(chunk('IHDR', [1]), chunk('tEXt', [65, 66]), chunk('eXIf', [1]), chunk('IDAT', [1]), chunk('IEND', [])))
  expect(said(clean)).not.toMatch(/tEXt|eXIf/)
  expect(said(clean)).toMatch(/IHDR.*IDAT.*IEND/s)
})

it('a WebP loses EXIF and XMP, and says so in its header', () => {
  const part = (kind: string, content: number[]) => bytes(kind, [content.length, 0, 0, 0], content, content.length % 2 ? [0] : [])
  const body = [part('VP8X', [0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0]), part('VP8 ', [1, 2, 3]), part('EXIF', [1, 2]), part('XMP ', [3])]
  const length = 4 + body.reduce((sum, one) => sum + one.length, 0)
  const clean = cleanPhoto(bytes('RIFF', [length, 0, 0, 0], 'WEBP', ...body.map(one => [...one])))
  expect(said(clean)).not.toMatch(/EXIF|XMP/)
  expect(clean!.bytes[20]).toBe(0)
  expect(clean!.bytes[4]).toBe(clean!.bytes.length - 8)
})
