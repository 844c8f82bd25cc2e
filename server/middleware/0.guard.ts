import { IncomingMessage } from 'node:http'
import type { H3Event } from 'h3'

/**
 * Refuses changes that another site sends (the cookie is SameSite=Lax as well), and closes the content module's own
 * query and dump routes to all but the server itself: what is in a collection is published by our routes.
 */
export default defineEventHandler((event) => {
  // A request that the server makes of itself has no socket and was let in once already.
  if (!(event.node.req instanceof IncomingMessage)) return
  if (event.path.startsWith('/__nuxt_content')) throw refusal(404, 'not_found')
  if (!['GET', 'HEAD'].includes(event.method) && isForeign(event)) throw refusal(403, 'cross_site')
})

function isForeign(event: H3Event): boolean {
  const site = getHeader(event, 'sec-fetch-site')
  if (site) return !['same-origin', 'none'].includes(site)
  const origin = getHeader(event, 'origin')
  if (origin === undefined) return false // not a browser: it carries no visitor's cookie
  try { return new URL(origin).host !== getRequestHost(event) }
  catch { return true }
}
