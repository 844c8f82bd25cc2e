import { IncomingMessage } from 'node:http'

/** What every answer carries, static files included. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    if (!(event.node.req instanceof IncomingMessage)) return // the server's request of itself
    setHeaders(event, {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'SAMEORIGIN',
      'permissions-policy': 'geolocation=(), microphone=()',
    })
  })
})
