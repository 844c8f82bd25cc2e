const PAUSE_MS = 1000
const FAULT_PAUSE_MS = 5000
// One batch takes less than the second between two; what one person did is drained before the rest of an import.
const BATCH = 2000
// A connection that died with its server may never say so.
const SILENCE_MS = 60_000

/** Folds new facts into the figures, every second and as long as any wait. Several servers take turns; one that dies gives its marks back. */
export default defineNitroPlugin((nitro) => {
  if (import.meta.prerender) return
  let timer: ReturnType<typeof setTimeout>
  let running: Promise<void> = Promise.resolve()
  let isClosed = false
  const next = (pause: number) => {
    if (!isClosed) timer = setTimeout(() => { running = fold() }, pause)
  }
  const fold = async () => {
    try {
      const counted = await answeredInTime(jobsSql()`select private.drain_unless_busy(${BATCH}) as counted`.then(([row]) => row!.counted as number))
      next(counted > 0 ? 0 : PAUSE_MS)
    }
    catch (error) {
      console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'metrics-drain', error: (error as Error).message }))
      next(FAULT_PAUSE_MS)
    }
  }
  next(PAUSE_MS)
  nitro.hooks.hook('close', async () => {
    isClosed = true
    clearTimeout(timer)
    await running
  })
})

function answeredInTime<T>(asked: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${SILENCE_MS / 1000} s`)), SILENCE_MS)
  })
  return Promise.race([asked, silence]).finally(() => clearTimeout(timer))
}
