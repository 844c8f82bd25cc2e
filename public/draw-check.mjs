// Draws again what 邻学 has published and compares. No other file is needed: node draw-check.mjs draw-12.json, or in a browser.
//
// How lots are drawn (sha256-1):
// 1. SHA-256(seed) is the hash that was published before anybody could enter.
// 2. The lot of a number is SHA-256("<seed>:<number>") in hexadecimal.
// 3. Numbers whose people all left are out. The others are in order: higher rank first, then the smaller lot.
// 4. In this order each party is seated whole if it still fits, or else waits; none is split.

const bytes = text => new TextEncoder().encode(text)

/** SHA-256 in hexadecimal: of the platform, or where a page came without HTTPS and the platform gives none, reckoned here. */
export async function sha256(text) {
  if (globalThis.crypto?.subtle) return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text))))
  return hex(reckoned(bytes(text)))
}

const hex = digest => Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')

/** Draws again. `faults` is empty when the published result is what the seed gives; else each says what differs. */
export async function redraw({ algorithm, seed, seedHash, seats, entrants }) {
  if (algorithm !== 'sha256-1') return { faults: [{ what: 'algorithm' }], result: [] }
  const faults = []
  if (await sha256(seed) !== seedHash) faults.push({ what: 'seed' })
  const numbers = entrants.map(one => one.number).sort((a, b) => a - b)
  if (numbers.some((number, at) => number !== at + 1)) faults.push({ what: 'numbers' })
  const lots = await Promise.all(entrants.filter(one => one.size > 0).map(async one => ({ ...one, lot: await sha256(`${seed}:${one.number}`) })))
  lots.sort((a, b) => b.rank - a.rank || (a.lot < b.lot ? -1 : 1))
  let free = seats
  const result = entrants.filter(one => one.size === 0).map(({ number }) => ({ number, place: null, outcome: 'withdrawn' }))
  for (const [at, { number, size }] of lots.entries()) {
    const fits = size <= free
    if (fits) free -= size
    result.push({ number, place: at + 1, outcome: fits ? 'seat' : 'line' })
  }
  result.sort((a, b) => a.number - b.number)
  const published = new Map(entrants.map(one => [one.number, one]))
  for (const { number, place, outcome } of result) {
    const said = published.get(number)
    if (said.place !== place || said.outcome !== outcome) faults.push({ what: 'result', number })
  }
  return { faults, result }
}

/** FIPS 180-4, for pages that came without HTTPS. */
function reckoned(message) {
  const primes = []
  for (let n = 2; primes.length < 64; n++) if (primes.every(prime => n % prime)) primes.push(n)
  const fraction = root => ((root - Math.floor(root)) * 2 ** 32) | 0
  const K = primes.map(prime => fraction(Math.cbrt(prime)))
  const state = primes.slice(0, 8).map(prime => fraction(Math.sqrt(prime)))
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 4, message.length * 8)
  const turn = (word, by) => word >>> by | word << 32 - by
  for (let block = 0; block < padded.length; block += 64) {
    const w = Array.from({ length: 16 }, (_, at) => view.getInt32(block + at * 4))
    for (let at = 16; at < 64; at++) {
      const low = turn(w[at - 15], 7) ^ turn(w[at - 15], 18) ^ w[at - 15] >>> 3
      const high = turn(w[at - 2], 17) ^ turn(w[at - 2], 19) ^ w[at - 2] >>> 10
      w[at] = w[at - 16] + low + w[at - 7] + high | 0
    }
    let [a, b, c, d, e, f, g, h] = state
    for (let at = 0; at < 64; at++) {
      const first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[at] + w[at] | 0
      const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, d + first | 0, c, b, a, first + second | 0]
    }
    for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = state[at] + word | 0
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (const [at, word] of state.entries()) digest.setInt32(at * 4, word)
  return new Uint8Array(digest.buffer)
}

if (typeof process !== 'undefined' && process.argv?.[1]?.endsWith('draw-check.mjs')) {
  const { readFileSync } = await import('node:fs')
  const files = process.argv.slice(2)
  if (!files.length) throw new Error('node draw-check.mjs <file.json> …')
  for (const file of files) {
    const draw = JSON.parse(readFileSync(file, 'utf8'))
    const { faults } = await redraw(draw)
    const words = { algorithm: '不认识的算法 unknown algorithm', seed: '种子与事先公布的摘要不符 seed and hash differ', numbers: '号码不连续 numbers are missing', result: '结果不符 result differs' }
    console.log(`${file}: ${faults.length ? faults.map(({ what, number }) => words[what] + (number ? ` #${number}` : '')).join('; ') : `一致 agrees (${draw.entrants.length})`}`)
    if (faults.length) process.exitCode = 1
  }
}
