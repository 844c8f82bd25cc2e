// Chance that can be repeated: the same seed and labels give the same draws, on every machine.

/** One independent stream of draws per seed and purpose, so that a new purpose shifts no other stream. */
export function randomFor(seed: number, ...purpose: (string | number)[]): Random {
  return new Random(hash(`${seed} ${purpose.join(' ')}`))
}

export class Random {
  private readonly state: Uint32Array

  constructor(state: Uint32Array) {
    this.state = state
    for (let round = 0; round < 12; round++) this.bits()
  }

  /** 32 random bits by sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, from PractRand). */
  bits(): number {
    const state = this.state
    const [a, b, c, counter] = [state[0]!, state[1]!, state[2]!, state[3]!]
    const drawn = (((a + b) | 0) + counter) | 0
    state[3] = counter + 1
    state[0] = b ^ (b >>> 9)
    state[1] = c + (c << 3)
    state[2] = ((c << 21) | (c >>> 11)) + drawn
    return drawn >>> 0
  }

  /** From 0 up to, but not including, 1. */
  share(): number { return this.bits() / 0x1_0000_0000 }

  between(low: number, high: number): number { return low + this.share() * (high - low) }

  /** A whole number, both ends included. */
  int(low: number, high: number): number { return low + Math.floor(this.share() * (high - low + 1)) }

  chance(probability: number): boolean { return this.share() < probability }

  pick<T>(list: readonly T[]): T { return list[Math.floor(this.share() * list.length)]! }

  /** Picks by weight; `total` is the sum of all weights, where the caller knows it. */
  weighted<T>(list: readonly T[], weight: (item: T) => number, total = list.reduce((sum, item) => sum + weight(item), 0)): T {
    let left = this.share() * total
    for (const item of list) {
      left -= weight(item)
      if (left < 0) return item
    }
    return list.at(-1)!
  }

  shuffled<T>(list: readonly T[]): T[] {
    const copy = [...list]
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.int(0, last)
      ;[copy[last], copy[other]] = [copy[other]!, copy[last]!]
    }
    return copy
  }

  /** A version 4 UUID. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.bits().toString(16).padStart(8, '0')).join('')
    const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
  }
}

/** FNV-1a from four starting points: seeds need to differ, not to be secret. */
function hash(text: string): Uint32Array {
  return Uint32Array.from([0, 1, 2, 3], (lane) => {
    let value = 0x811C9DC5 ^ (lane * 0x9E3779B9)
    for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
    return value
  })
}
