import { base58 } from '@scure/base'

// What stands before the 32 bytes of an Ed25519 key.
const ED25519 = [0xED, 0x01]

/** The 32 bytes of a public Ed25519 key as W3C documents write it: `z6Mk…`. */
export function multikey(publicKey: Uint8Array): string {
  return `z${base58.encode(Uint8Array.from([...ED25519, ...publicKey]))}`
}

/** The 32 bytes that a Multikey names; null for anything that is none of Ed25519. */
export function publicBytes(written: string): Uint8Array | null {
  if (written[0] !== 'z') return null
  try {
    const bytes = base58.decode(written.slice(1))
    return bytes.length === 34 && bytes[0] === ED25519[0] && bytes[1] === ED25519[1] ? bytes.subarray(2) : null
  }
  catch { return null }
}
