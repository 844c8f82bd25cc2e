import type { OpenedWatch, WatchProgress } from '~~/shared/types/watching'

const SAMPLE_MS = 1_000
const BEAT_MS = 15_000

/** What is played, as far as a watch needs to know it. */
export interface Playhead {
  positionMs: () => number
  rate: () => number
  isPlaying: () => boolean
}

/**
 * Reports what is played to the server, which alone decides what counts. Opens the watch on the first play; when another
 * device has taken over, stops reporting and says so.
 */
export function useWatch(lessonId: number) {
  const progress = ref<WatchProgress | null>(null)
  const state = ref<'idle' | 'live' | 'offline' | 'superseded' | 'failed'>('idle')
  const beats = useBeatsStore()
  const played = new PlayedRanges()
  let playhead: Playhead | null = null
  let opening: Promise<void> | null = null
  let sampler: ReturnType<typeof setInterval> | undefined
  let lastBeatAt = 0

  /** Opens a watch after sending what an earlier one still had to say. */
  function open(): Promise<void> {
    return opening ??= openOnce().catch((error) => {
      opening = null
      state.value = error.status ? 'failed' : 'offline'
    })
  }

  async function openOnce(): Promise<void> {
    await beats.send().catch(() => null) // an earlier watch may be over; this one starts all the same
    const opened = await $fetch<OpenedWatch>(`/api/lessons/${lessonId}/watch`, { method: 'POST', timeout: 10_000 })
    beats.begin(opened.watchId)
    progress.value = opened
    state.value = 'live'
    // On a slow network all may have been played, or paused, before the watch was there to report to.
    if (playhead && !playhead.isPlaying()) void report()
  }

  function follow(followed: Playhead): void {
    playhead = followed
    sampler = setInterval(sample, SAMPLE_MS)
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('pagehide', leave)
    window.addEventListener('online', report)
  }

  function sample(): void {
    if (!playhead?.isPlaying()) return played.interrupt()
    played.sample(playhead.positionMs(), performance.now(), playhead.rate())
    if (performance.now() - lastBeatAt >= BEAT_MS) void report()
  }

  function collect(): void {
    lastBeatAt = performance.now()
    const ranges = played.take()
    if (ranges.length && playhead) beats.add({ ranges, rate: playhead.rate(), positionMs: Math.round(playhead.positionMs()) })
  }

  /** Sends what was played so far: every 15 seconds, on pause, at the end. */
  async function report(): Promise<void> {
    if (state.value !== 'live' && state.value !== 'offline') return
    sampleOnce()
    collect()
    try {
      progress.value = await beats.send() ?? progress.value
      state.value = 'live'
    }
    catch (error) { onRefusal(error as { status?: number, data?: { code?: string } }) }
  }

  function sampleOnce(): void {
    if (playhead) played.sample(playhead.positionMs(), performance.now(), playhead.rate())
  }

  function onRefusal({ status, data }: { status?: number, data?: { code?: string } }): void {
    if (!status || status >= 500 || status === 429) state.value = 'offline'
    else if (data?.code === 'watch_superseded') state.value = 'superseded'
    else {
      // Expired overnight, or closed: the next play opens a new watch and goes on.
      state.value = 'idle'
      opening = null
    }
  }

  function onVisibility(): void {
    if (document.visibilityState === 'hidden') leave()
  }

  function leave(): void {
    if (state.value !== 'live' && state.value !== 'offline') return
    sampleOnce()
    collect()
    beats.sendLeaving()
  }

  /** Goes on here after another device had taken over. */
  function takeBack(): Promise<void> {
    opening = null
    return open()
  }

  onScopeDispose(() => {
    clearInterval(sampler)
    if (!playhead) return
    leave()
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('pagehide', leave)
    window.removeEventListener('online', report)
  })

  return { progress, state: readonly(state), open, follow, report, takeBack, interrupt: () => played.interrupt() }
}
