/** A posting as the learner's own check reads it; `link` is hexadecimal. */
export interface ChainedPosting {
  seq: number
  request: string
  outcome: string
  minutes: number
  milliCredits: number
  balanceAfterMilliCredits: number
  link: string
}

/** SHA-256 of some bytes. */
export type Digest = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>

/**
 * Recomputes every link of a learner's chain, from the first posting on: sha256(link before ‖ sha256(request) ‖
 * 'outcome|minutes|milli_credits|balance|seq'), as private.chain_link() makes it.
 * @returns the number of the first posting that does not fit, or null when all do
 */
export async function firstBrokenLink(postings: readonly ChainedPosting[], digest: Digest): Promise<number | null> {
  const text = new TextEncoder()
  let head: Uint8Array = new Uint8Array()
  for (const [index, posting] of postings.entries()) {
    const { seq, request, outcome, minutes, milliCredits, balanceAfterMilliCredits, link } = posting
    const result = text.encode([outcome, minutes, milliCredits, balanceAfterMilliCredits, seq].join('|'))
    head = await digest(joinedBytes(head, await digest(text.encode(request)), result))
    if (seq !== index + 1 || hexOf(head) !== link) return seq
  }
  return null
}

/** Bytes one after the other. */
export function joinedBytes(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Bytes as hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
