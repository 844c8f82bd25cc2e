import { jobs } from '../jobs/index'

// After the first pages: a start answers as soon as without jobs.
const DELAY_MS = 1_500

/** Works on jobs inside the server process from shortly after the start until it goes down. */
export default defineNitroPlugin((nitro) => {
  if (import.meta.prerender) return
  const timer = setTimeout(() => void startJobs(jobs).catch(() => { /* the server goes down; whatever went wrong before was logged */ }), DELAY_MS)
  nitro.hooks.hook('close', async () => {
    clearTimeout(timer)
    await stopJobs()
  })
})
