import { jobs } from '../jobs/index'

// After the first pages: a start answers as soon as without jobs.
const DELAY_MS = 1_500

/** Works on jobs inside the server process from shortly after the start until it goes down. */
export default defineNitroPlugin((nitro) => {
  if (import.meta.prerender) return
  const timer = setTimeout(() => void startJobs(jobs).catch((error: Error) => {
    console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'queue', error: error.stack }))
  }), DELAY_MS)
  nitro.hooks.hook('close', async () => {
    clearTimeout(timer)
    await stopJobs()
  })
})
