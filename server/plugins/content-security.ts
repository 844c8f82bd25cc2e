import { createHash } from 'node:crypto'

const INLINE_SCRIPT = /<script(?![^>]*(?:\ssrc=|type="application\/json"))[^>]*>([\s\S]*?)<\/script>/g

/**
 * A policy of one origin. The inline scripts that Nuxt writes around a page are named by hash, which stays true for a page
 * that is cached with its header; a script that got into the page itself is not, and does not run.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('render:html', (html, { event }) => {
    const around = [...html.head, ...html.bodyPrepend, ...html.bodyAppend].join('')
    event.context.scriptHashes = [...around.matchAll(INLINE_SCRIPT)].map(([, script]) => `'sha256-${createHash('sha256').update(script!).digest('base64')}'`)
  })
  nitro.hooks.hook('render:response', (response, { event }) => {
    response.headers = {
      ...response.headers,
      'content-security-policy': `default-src 'self'; script-src 'self' ${(event.context.scriptHashes ?? []).join(' ')}; style-src 'self' 'unsafe-inline'; `
        + `img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'self'; `
        + `form-action 'self'; frame-ancestors 'self'`,
    }
  })
})

declare module 'h3' {
  interface H3EventContext { scriptHashes?: string[] }
}
