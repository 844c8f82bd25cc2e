import { IncomingMessage } from 'node:http'
import type { H3Event } from 'h3'

/**
 * What every answer carries and every change must show, static files included. Changes from other sites are refused
 * (the cookie is SameSite=Lax as well). The content module's own query and dump routes answer only the server itself:
 * what is in a collection is published by our routes.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    // A request that the server makes of itself has no socket and was let in once already.
    if (!(event.node.req instanceof IncomingMessage)) return
    setHeaders(event, {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'SAMEORIGIN',
      'permissions-policy': 'geolocation=(), microphone=()',
    })
    if (event.path.startsWith('/__nuxt_content') && !import.meta.prerender) throw refusal(404, 'not_found')
    if (!['GET', 'HEAD'].includes(event.method) && isForeign(event)) throw refusal(403, 'cross_site')
  })
})

function isForeign(event: H3Event): boolean {
  const site = getHeader(event, 'sec-fetch-site')
  if (site) return !['same-origin', 'none'].includes(site)
  const origin = getHeader(event, 'origin')
  if (origin === undefined) return false // not a browser: it carries no visitor's cookie
  try { return new URL(origin).host !== getRequestHost(event) }
  catch { return true }
}
