/** Fetches all of one's postings and recomputes their chain in the browser: nobody has to be believed. */
export function useAccountCheck() {
  const state = ref<'idle' | 'running' | 'whole' | 'broken' | 'failed'>('idle')
  const checked = ref(0)
  const brokenAt = ref<number | null>(null)

  async function check() {
    state.value = 'running'
    checked.value = 0
    try {
      const postings: ChainedPosting[] = []
      let page: ChainedPosting[]
      do {
        page = await $fetch<ChainedPosting[], string>('/api/credits/chain', { query: { after: postings.length } })
        postings.push(...page)
        checked.value = postings.length
      } while (page.length > 0)
      brokenAt.value = await firstBrokenLink(postings, await browserDigest())
      state.value = brokenAt.value === null ? 'whole' : 'broken'
    }
    catch { state.value = 'failed' }
  }
  return { state, checked, brokenAt, check }
}

/** The browser's own SHA-256; where a page came without https there is none, then a library's. */
async function browserDigest(): Promise<Digest> {
  const { subtle } = globalThis.crypto
  if (subtle) return async bytes => new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
  const { sha256 } = await import('@noble/hashes/sha2.js')
  return sha256
}
