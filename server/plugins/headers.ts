import { IncomingMessage } from 'node:http'

/** What every answer carries, static files included. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    if (!(event.node.req instanceof IncomingMessage)) return // the server's request of itself
    setHeaders(event, {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      // What is made for other sites to show says so itself.
      ...!event.path.startsWith('/embed/') && { 'x-frame-options': 'SAMEORIGIN' },
      'permissions-policy': 'geolocation=(), microphone=()',
    })
  })
  // A page made for one reader stays out of every cache, that of a shared computer included. What visitors share is
  // answered by the visitor cache with headers of its own.
  nitro.hooks.hook('render:response', (_response, { event }) => {
    if (!getResponseHeader(event, 'cache-control')) setHeader(event, 'cache-control', 'private, no-store')
  })
})
