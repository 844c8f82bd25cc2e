// Where a browser has no reader of its own, ours reads what our cards print, also turned.
import decodeQR from 'qr/decode.js'
import { encode } from 'uqr'
import { expect, it } from 'vitest'

function picture(text: string, turns: number) {
  let { data } = encode(text, { border: 4, ecc: 'M' })
  for (let turn = 0; turn < turns; turn++) data = data.map((row, y) => row.map((_, x) => data[data.length - 1 - x]![y]!))
  const size = data.length * 6
  const pixels = new Uint8ClampedArray(size * size * 4)
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) pixels.set([...Array<number>(3).fill(data[Math.floor(y / 6)]![Math.floor(x / 6)] ? 20 : 235), 255], (y * size + x) * 4)
  return { width: size, height: size, data: pixels }
}

it.each([0, 1, 2, 3])('a card turned by %d quarters', (turns) => {
  const address = 'https://linxue.example/c/7KQ2M0XW3D'
  expect(decodeQR(picture(address, turns))).toBe(address)
})
