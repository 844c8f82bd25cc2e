/** A posting as the learner's own check reads it; `link` is hexadecimal. */
export interface ChainedPosting {
  /** Of a person whose rows were merged, each has a chain of its own. */
  account: number
  seq: number
  /** Null where it was for a row that is somebody else's again: its hash stands for it. */
  request: string | null
  requestHash?: string
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
    const { seq, request, requestHash, outcome, minutes, milliCredits, balanceAfterMilliCredits, link } = posting
    const result = text.encode([outcome, minutes, milliCredits, balanceAfterMilliCredits, seq].join('|'))
    head = await digest(joinedBytes(head, request === null ? bytesOf(requestHash ?? '') : await digest(text.encode(request)), result))
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

/** A person's postings, account by account, in order. */
export function chainsOf(postings: readonly ChainedPosting[]): { account: number, postings: ChainedPosting[] }[] {
  const chains = new Map<number, ChainedPosting[]>()
  for (const posting of postings) {
    const chain = chains.get(posting.account)
    if (chain) chain.push(posting)
    else chains.set(posting.account, [posting])
  }
  return [...chains].map(([account, own]) => ({ account, postings: own }))
}

/** Hexadecimal digits as bytes. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], digits => Number.parseInt(digits, 16))
}

/** Bytes as hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
