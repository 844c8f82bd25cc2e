// The picture that stands for a photo of a session in the demo region: a room as it is left after a class, drawn by this program, with nobody in it. Nobody took
// it and nobody is on it, which its caption says. Public domain (CC0).
import { crc32, deflateSync } from 'node:zlib'

type Colour = [red: number, green: number, blue: number]
const [WIDTH, HEIGHT] = [480, 320]
const WALL: Colour = [238, 228, 208]
const FLOOR: Colour = [196, 168, 128]
const BOARD: Colour = [48, 84, 68]
const FRAME: Colour = [150, 112, 70]
const CHALK: Colour = [226, 232, 224]
const TABLE: Colour = [214, 178, 120]
const LEG: Colour = [120, 92, 60]
const LIGHT: Colour = [196, 222, 236]
const PHONE: Colour = [44, 48, 56]

/** A PNG of a class room; from the door (`0`) or from the window (`1`). */
export function sessionPhoto(view: 0 | 1): Buffer {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3)
  const fill = (left: number, top: number, width: number, height: number, colour: Colour) => {
    for (let y = Math.max(0, top); y < Math.min(HEIGHT, top + height); y++) {
      for (let x = Math.max(0, left); x < Math.min(WIDTH, left + width); x++) pixels.set(colour, ((y * WIDTH) + (view ? WIDTH - 1 - x : x)) * 3)
    }
  }
  fill(0, 0, WIDTH, HEIGHT, WALL)
  fill(0, 190, WIDTH, HEIGHT - 190, FLOOR)
  fill(360, 34, 92, 108, FRAME)
  for (const [left, top] of [[366, 40], [409, 40], [366, 92], [409, 92]] as const) fill(left, top, 37, 44, LIGHT)
  fill(40, 34, 270, 112, FRAME)
  fill(48, 42, 254, 96, BOARD)
  for (const [line, width] of [150, 210, 180, 96].entries()) fill(66, 58 + 20 * line, width, 4, CHALK)
  for (const [row, depth] of [[0, 200], [1, 246]] as const) {
    for (let seat = 0; seat < 4; seat++) {
      const [left, width] = [24 + 112 * seat - 8 * row, 84 + 14 * row]
      fill(left + 6, depth + 10, 6, 34, LEG)
      fill(left + width - 12, depth + 10, 6, 34, LEG)
      fill(left, depth, width, 14, TABLE)
      fill(left + width / 2 - 6, depth - 3, 12, 7, PHONE)
    }
  }
  return png(pixels)
}

function png(pixels: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const lines = Buffer.alloc((WIDTH * 3 + 1) * HEIGHT)
  for (let y = 0; y < HEIGHT; y++) pixels.copy(lines, y * (WIDTH * 3 + 1) + 1, y * WIDTH * 3, (y + 1) * WIDTH * 3)
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), chunk('IHDR', header), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const sized = Buffer.alloc(body.length + 8)
  sized.writeUInt32BE(data.length, 0)
  body.copy(sized, 4)
  sized.writeUInt32BE(crc32(body), body.length + 4)
  return sized
}
