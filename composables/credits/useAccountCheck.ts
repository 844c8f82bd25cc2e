interface Sealed extends SealedAccounts { seal: SealedAccounts['seal'] & { id: number, sealedAt: string, verificationMethod: string } }

/**
 * Fetches all of one's postings and recomputes their chain in the browser, then compares it with the seal, the seal with its published
 * file, and its key with those that the site publishes: nobody has to be believed. What can't be fetched is told as not compared.
 */
export function useAccountCheck() {
  const state = ref<'idle' | 'running' | 'whole' | 'broken' | 'failed'>('idle')
  const checked = ref(0)
  const brokenAt = ref<number | null>(null)
  const seal = ref<SealFinding | 'none' | 'unreachable'>('none')
  const file = ref<'same' | 'differs' | 'unreachable'>('unreachable')
  const sealed = ref({ id: 0, seq: 0, at: '', since: 0, key: '' })
  /** Rows of the person that were merged have an account each. */
  const accounts = ref(1)

  async function check() {
    state.value = 'running'
    checked.value = 0
    file.value = 'unreachable'
    try {
      // First, so that a seal made meanwhile covers no line that is not here yet.
      const mine = await fetched<Sealed | null>('/api/credits/seal')
      const postings: ChainedPosting[] = []
      let page: ChainedPosting[]
      do {
        const last = postings.at(-1)
        page = await $fetch<ChainedPosting[], string>('/api/credits/chain', { query: { account: last?.account, after: last?.seq } })
        postings.push(...page)
        checked.value = postings.length
      } while (page.length > 0)
      const digest = await browserDigest()
      const chains = chainsOf(postings)
      accounts.value = chains.length
      brokenAt.value = null
      for (const { postings: chain } of chains) brokenAt.value ??= await firstBrokenLink(chain, digest)
      seal.value = mine ? await checkSeals(chains, mine, await publishedKeys(), digest, browserVerify) : mine === undefined ? 'unreachable' : 'none'
      if (mine) {
        const published = await fetched<PublishedSeal>(`/seals/${mine.seal.id}.json`)
        file.value = !published ? 'unreachable' : isPublished(mine.seal, published) ? 'same' : 'differs'
        const seq = mine.accounts.reduce((sum, account) => sum + account.seq, 0)
        sealed.value = { id: mine.seal.id, seq, at: mine.seal.sealedAt, since: Math.max(0, postings.length - seq), key: mine.seal.verificationMethod }
      }
      state.value = brokenAt.value === null ? 'whole' : 'broken'
    }
    catch { state.value = 'failed' }
  }
  return { state, checked, brokenAt, accounts, seal, file, sealed, check }
}

/** What lies at an address of this site: null where there is nothing yet, undefined where it can't be fetched. */
async function fetched<T>(address: string): Promise<T | undefined> {
  try { return await $fetch<T, string>(address, { responseType: 'json' }) ?? null as T }
  catch { return undefined }
}

/** The keys that the site publishes as its own, for whoever wants to compare; null where they can't be fetched. */
async function publishedKeys(): Promise<string[] | null> {
  const published = await fetched<{ verificationMethod: { publicKeyMultibase: string }[] }>('/.well-known/did.json')
  return published?.verificationMethod.map(({ publicKeyMultibase }) => publicKeyMultibase) ?? null
}

/** The browser's own SHA-256; where a page came without https there is none, then a library's. */
async function browserDigest(): Promise<Digest> {
  const { subtle } = globalThis.crypto
  if (subtle) return async bytes => new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
  const { sha256 } = await import('@noble/hashes/sha2.js')
  return sha256
}

/** Ed25519 by the browser; null in one that has none. */
async function browserVerify(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean | null> {
  const { subtle } = globalThis.crypto
  try {
    const key = await subtle.importKey('raw', publicKey as Uint8Array<ArrayBuffer>, 'Ed25519', false, ['verify'])
    return await subtle.verify('Ed25519', key, signature as Uint8Array<ArrayBuffer>, message as Uint8Array<ArrayBuffer>)
  }
  catch { return null }
}
