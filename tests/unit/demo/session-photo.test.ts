// The pictures of the demo's session are photos as the portal takes them: light, whole, and two different ones.
import { crc32, inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { sessionPhoto } from '../../../media/session-photo.ts'

it.each([0, 1] as const)('view %d is a whole PNG of a few kilobytes', (view) => {
  const png = sessionPhoto(view)
  expect(png.length).toBeLessThan(8192)
  const chunks: [type: string, data: Buffer][] = []
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(png.subarray(at + 4, at + 8 + length)))
    chunks.push([png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length)])
    at += 12 + length
  }
  expect(chunks.map(([type]) => type)).toEqual(['IHDR', 'IDAT', 'IEND'])
  expect(inflateSync(chunks[1]![1]).length).toBe((480 * 3 + 1) * 320)
  expect(png.equals(sessionPhoto(view ? 0 : 1))).toBe(false)
})
