import type { RouterConfig } from 'nuxt/schema'

/** The desk's pages are known to the router only where one of them is opened: the two faces of the portal load each other whole. */
export default {
  async routes(residents) {
    const address = import.meta.server ? useRequestEvent()!.path : window.location.pathname
    if (!/^\/desk(?:[/?]|$)/.test(address)) return residents
    const { default: desk } = await import('#build/desk-routes.mjs')
    return [...desk, ...residents]
  },
} satisfies RouterConfig
