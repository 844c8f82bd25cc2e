import type { Me } from '~~/shared/types/identity'
import type { Site } from '~~/shared/types/site'

/**
 * What every page has around it, who is signed in and whose portal it is, is at hand before a page is rendered: asked by
 * the page, it would cost two requests of the server to itself.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('render:route', async (_route, { event }) => {
    if (event.path.startsWith('/__nuxt_error')) return
    const withoutSite = (error: Error) => {
      logFault(event, error)
      return null
    }
    const [me, site] = await Promise.all([readMe(event), readSite().catch(withoutSite)])
    event.context.frame = { me, site }
  })
})

declare module 'h3' {
  interface H3EventContext { frame?: { me: Me | null, site: Site | null } }
}
