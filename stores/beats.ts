import type { Range } from '~~/shared/utils/played-ranges'
import type { WatchProgress } from '~~/shared/types/watching'

interface Beat { seq: number, ranges: Range[], rate: number, positionMs: number }
interface Waiting { watchId: string, nextSeq: number, beats: Beat[] }

const STORE = 'linxue:beats'
const MOST_KEPT = 400
const MOST_AT_ONCE = 40

/**
 * Beats that the server has not confirmed yet: the player adds them, whatever page is open when the network is back sends
 * them. They are kept in local storage, so a tunnel, a closed page or an empty battery loses nothing; a late batch is
 * judged against the clock of its own watch.
 */
export const useBeatsStore = defineStore('beats', () => {
  let waiting = read()
  let sending: Promise<WatchProgress | null> | null = null

  function read(): Waiting | null {
    try { return JSON.parse(localStorage.getItem(STORE) ?? 'null') as Waiting | null }
    catch { return null } // storage is off in private windows; beats then live as long as the page
  }

  function keep(): void {
    try {
      if (waiting) localStorage.setItem(STORE, JSON.stringify(waiting))
      else localStorage.removeItem(STORE)
    }
    catch { /* as above */ }
  }

  function begin(watchId: string): void {
    waiting = { watchId, nextSeq: 1, beats: [] }
    keep()
  }

  function add(beat: Omit<Beat, 'seq'>): void {
    if (!waiting || waiting.beats.length >= MOST_KEPT) return
    waiting.beats.push({ seq: waiting.nextSeq++, ...beat })
    keep()
  }

  /** Sends what waits, oldest first. Null when there was nothing to send. @throws what the server refused; unreachable keeps the beats */
  function send(): Promise<WatchProgress | null> {
    return sending ??= sendAll().finally(() => { sending = null })
  }

  async function sendAll(): Promise<WatchProgress | null> {
    let progress: WatchProgress | null = null
    while (waiting?.beats.length) {
      const { watchId } = waiting
      const beats = waiting.beats.slice(0, MOST_AT_ONCE)
      progress = await $fetch<WatchProgress>(`/api/watches/${watchId}/beats`, { method: 'POST', body: { beats }, timeout: 10_000 })
        .catch((error) => {
          // A watch that is over takes no more beats; what it was not sent in time is gone, and said so.
          if (error.status >= 400 && error.status < 500 && ![401, 429].includes(error.status)) drop(watchId)
          throw error
        })
      if (waiting?.watchId === watchId) waiting.beats = waiting.beats.filter(({ seq }) => seq > beats.at(-1)!.seq)
      keep()
    }
    return progress
  }

  function drop(watchId: string): void {
    if (waiting?.watchId === watchId) waiting = null
    keep()
  }

  /** The last chance, while the page goes away: no answer is awaited, so the beats stay until a later send confirms them. */
  function sendLeaving(): void {
    if (!waiting?.beats.length) return
    const body = new Blob([JSON.stringify({ beats: waiting.beats.slice(-MOST_AT_ONCE) })], { type: 'application/json' })
    navigator.sendBeacon(`/api/watches/${waiting.watchId}/beats`, body)
  }

  return { begin, add, send, sendLeaving }
})
