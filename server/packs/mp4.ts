/** What a player needs to know of an MP4 file, read from its boxes (ISO/IEC 14496-12). */
export interface Mp4Facts { durationMs: number, width: number, height: number, isFastStart: boolean }

/** @throws Error when the file is no MP4 with a picture */
export function readMp4(file: Buffer): Mp4Facts {
  try { return factsOf(file) }
  catch (error) { throw new Error(`不是可用的 MP4  not a usable MP4 (${error instanceof RangeError ? 'it ends in the middle of a box' : (error as Error).message})`, { cause: error }) }
}

function factsOf(file: Buffer): Mp4Facts {
  const top = boxes(file, 0, file.length)
  const moov = top.find(box => box.type === 'moov')
  const mdat = top.find(box => box.type === 'mdat')
  if (!moov || !mdat) throw new Error('it has no moov and mdat boxes')
  const inMoov = boxes(file, moov.start, moov.end)
  const mvhd = inMoov.find(box => box.type === 'mvhd')
  if (!mvhd) throw new Error('the movie header is missing')
  const isLong = file[mvhd.start] === 1
  const timescale = file.readUInt32BE(mvhd.start + (isLong ? 20 : 12))
  const duration = isLong ? Number(file.readBigUInt64BE(mvhd.start + 24)) : file.readUInt32BE(mvhd.start + 16)
  if (!(duration > 0 && timescale > 0)) throw new Error('it has no length')
  // Width and height stand at the end of a track header, as 16.16 fixed point; an audio track has none.
  const sizes = inMoov.filter(box => box.type === 'trak')
    .map(trak => boxes(file, trak.start, trak.end).find(box => box.type === 'tkhd'))
    .map(tkhd => tkhd ? { width: file.readUInt32BE(tkhd.end - 8) >>> 16, height: file.readUInt32BE(tkhd.end - 4) >>> 16 } : { width: 0, height: 0 })
  const picture = sizes.find(({ width }) => width > 0)
  if (!picture) throw new Error('it has no picture')
  return { durationMs: Math.round(duration / timescale * 1000), ...picture, isFastStart: moov.start < mdat.start }
}

interface Box { type: string, start: number, end: number }

function boxes(file: Buffer, from: number, to: number): Box[] {
  const found: Box[] = []
  for (let at = from; at + 8 <= to;) {
    const short = file.readUInt32BE(at)
    const size = short === 1 ? Number(file.readBigUInt64BE(at + 8)) : short || to - at
    const header = short === 1 ? 16 : 8
    if (size < header || at + size > to) throw new Error('a box is longer than the file')
    found.push({ type: file.toString('latin1', at + 4, at + 8), start: at + header, end: at + size })
    at += size
  }
  return found
}
