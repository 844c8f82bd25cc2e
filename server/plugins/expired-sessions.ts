const HOUR_MS = 60 * 60 * 1000

/** Once an hour what has run out is removed: sessions with the addresses they hold, codes, counters. */
export default defineNitroPlugin((nitro) => {
  if (import.meta.prerender) return
  const clear = () => identitySql()`select clear_expired()`.catch((error: Error) => {
    console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), path: 'clear_expired', error: error.message }))
  })
  const timer = setInterval(clear, HOUR_MS)
  nitro.hooks.hook('close', () => clearInterval(timer))
})
