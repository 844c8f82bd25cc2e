/** A photo as it may be kept: its kind by content, without the place, the time and the camera it was taken with. */
export interface CleanPhoto { extension: 'jpg' | 'png' | 'webp', bytes: Uint8Array<ArrayBuffer> }

/**
 * Takes everything out of a photo that is not the picture: EXIF (which holds where it was taken), XMP, comments. Of EXIF
 * only the orientation stays, or the picture would lie on its side. Null for what is no whole JPEG, PNG or WebP.
 */
export function cleanPhoto(file: Uint8Array): CleanPhoto | null {
  if (file[0] === 0xFF && file[1] === 0xD8) return asPhoto('jpg', cleanJpeg(file))
  if (PNG_SIGNATURE.every((byte, index) => file[index] === byte)) return asPhoto('png', cleanPng(file))
  if (text(file, 0, 4) === 'RIFF' && text(file, 8, 4) === 'WEBP') return asPhoto('webp', cleanWebp(file))
  return null
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
/** What a PNG needs to look as it does; all else may tell something. */
const PNG_CHUNKS = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'bKGD', 'pHYs'])
const WEBP_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])

function asPhoto(extension: CleanPhoto['extension'], parts: Uint8Array[] | null): CleanPhoto | null {
  if (!parts) return null
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { extension, bytes }
}

function cleanJpeg(file: Uint8Array): Uint8Array[] | null {
  const view = viewOf(file)
  const kept: Uint8Array[] = [file.subarray(0, 2)]
  let orientation = 1
  let hasFrame = false
  let hasScan = false
  let at = 2
  while (at + 2 <= file.length) {
    if (file[at] !== 0xFF) return null
    const marker = file[at + 1]!
    if (marker === 0xFF) {
      at++
      continue
    }
    if (marker === 0xD9) {
      // The end; what follows it is not shown.
      if (!hasFrame || !hasScan) return null
      if (orientation !== 1) kept.splice(1, 0, exifWith(orientation))
      return [...kept, file.subarray(at, at + 2)]
    }
    if (at + 4 > file.length) return null
    const length = view.getUint16(at + 2)
    if (length < 2 || at + 2 + length > file.length) return null
    if (marker === 0xE1 && text(file, at + 4, 4) === 'Exif') orientation = orientationOf(file.subarray(at + 10, at + 2 + length))
    // JFIF, colour profile and Adobe's transform belong to the picture.
    const isMeta = marker === 0xFE || (marker === 0xE2 ? text(file, at + 4, 11) !== 'ICC_PROFILE' : marker >= 0xE1 && marker <= 0xEF && marker !== 0xEE)
    if (!isMeta) kept.push(file.subarray(at, at + 2 + length))
    if (marker >= 0xC0 && marker <= 0xCF && ![0xC4, 0xC8, 0xCC].includes(marker)) hasFrame = true
    at += 2 + length
    if (marker === 0xDA) {
      hasScan = true
      const start = at
      // Within a scan 0xFF is followed by 0 or a restart; anything else is the next marker.
      while (at + 2 <= file.length && !(file[at] === 0xFF && file[at + 1] !== 0 && !(file[at + 1]! >= 0xD0 && file[at + 1]! <= 0xD7))) at++
      kept.push(file.subarray(start, at))
    }
  }
  return null
}

/** The orientation that a TIFF block says, 1 where it says none. */
function orientationOf(tiff: Uint8Array): number {
  if (tiff.length < 14) return 1
  const view = viewOf(tiff)
  const isLittle = text(tiff, 0, 2) === 'II'
  const start = view.getUint32(4, isLittle)
  if (start + 2 > tiff.length) return 1
  const count = view.getUint16(start, isLittle)
  for (let index = 0; index < count; index++) {
    const entry = start + 2 + index * 12
    if (entry + 12 > tiff.length) return 1
    if (view.getUint16(entry, isLittle) === 0x0112) {
      const value = view.getUint16(entry + 8, isLittle)
      return value >= 1 && value <= 8 ? value : 1
    }
  }
  return 1
}

function exifWith(orientation: number): Uint8Array {
  return Uint8Array.from([0xFF, 0xE1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0])
}

function cleanPng(file: Uint8Array): Uint8Array[] | null {
  const view = viewOf(file)
  const kept: Uint8Array[] = [file.subarray(0, 8)]
  let hasPicture = false
  for (let at = 8; at + 12 <= file.length;) {
    const length = view.getUint32(at)
    const kind = text(file, at + 4, 4)
    if (at + 12 + length > file.length || (at === 8 && kind !== 'IHDR')) return null
    if (PNG_CHUNKS.has(kind)) kept.push(file.subarray(at, at + 12 + length))
    if (kind === 'IDAT') hasPicture = true
    if (kind === 'IEND') return hasPicture ? kept : null
    at += 12 + length
  }
  return null
}

function cleanWebp(file: Uint8Array): Uint8Array[] | null {
  const view = viewOf(file)
  const end = 8 + view.getUint32(4, true)
  if (end > file.length) return null
  const kept: Uint8Array[] = []
  let hasPicture = false
  for (let at = 12; at + 8 <= end;) {
    const kind = text(file, at, 4)
    const length = view.getUint32(at + 4, true)
    const next = at + 8 + length + length % 2
    if (at + 8 + length > end) return null
    if (WEBP_CHUNKS.has(kind)) {
      const chunk = Uint8Array.from(file.subarray(at, Math.min(next, file.length)))
      if (kind === 'VP8X') chunk[8]! &= ~(0x08 | 0x04) // no EXIF and no XMP follow any more
      kept.push(chunk)
    }
    if (['VP8 ', 'VP8L', 'ANMF'].includes(kind)) hasPicture = true
    at = next
  }
  if (!hasPicture) return null
  const header = new Uint8Array(12)
  header.set(file.subarray(0, 12))
  viewOf(header).setUint32(4, 4 + kept.reduce((sum, part) => sum + part.length, 0), true)
  return [header, ...kept]
}

function viewOf(bytes: Uint8Array): DataView { return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
function text(bytes: Uint8Array, at: number, length: number): string { return String.fromCharCode(...bytes.subarray(at, at + length)) }
