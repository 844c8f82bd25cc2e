import { gunzipSync, gzipSync } from 'node:zlib'

/** The least that W3C allows, so that one place among them says nothing about a person. */
export const LIST_BITS = 131_072

/** Bits as `encodedList` of a BitstringStatusList: gzip, base64url, multibase `u`. The first bit is the highest of the first byte. */
export function encodeStatusList(revoked: readonly number[]): string {
  const bytes = new Uint8Array(LIST_BITS / 8)
  for (const place of revoked) bytes[place >> 3]! |= 0x80 >> (place & 7)
  return `u${gzipSync(bytes).toString('base64url')}`
}

/** Whether a place is set; null where the list can't be read or has no such place. */
export function statusAt(encodedList: unknown, place: number): boolean | null {
  if (typeof encodedList !== 'string' || encodedList[0] !== 'u' || !Number.isInteger(place) || place < 0) return null
  try {
    // A small text may unfold to gigabytes: more than the largest list in use is not unfolded.
    const bytes = gunzipSync(Buffer.from(encodedList.slice(1), 'base64url'), { maxOutputLength: 16 * 1024 * 1024 })
    return place >= bytes.length * 8 || bytes.length < LIST_BITS / 8 ? null : (bytes[place >> 3]! & (0x80 >> (place & 7))) !== 0
  }
  catch { return null }
}
