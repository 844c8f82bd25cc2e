const PAUSE_MS = 1000
const FAULT_PAUSE_MS = 5000
// One batch takes less than the second between two; what one person did is drained before the rest of an import.
const BATCH = 2000

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
      const [drained] = await jobsSql()`select private.drain_marks(${BATCH}) as counted`
      next(drained!.counted > 0 ? 0 : PAUSE_MS)
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
