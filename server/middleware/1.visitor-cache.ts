import { IncomingMessage } from 'node:http'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, brotliCompress, gzip } from 'node:zlib'
import type { H3Event } from 'h3'
import { LRUCache } from 'lru-cache'

// What a visitor without a session may be shown from memory, and the only query words that make a difference there.
// Anything else in the address (WeChat adds its own) neither splits the cache nor reaches the page.
const PUBLIC: { path: RegExp, query: string[] }[] = [
  { path: /^\/(?:help|policies|news|schools|courses|draws)(?:\/[a-zA-Z0-9-]+){0,2}$|^\/$/, query: ['category', 'audience', 'page'] },
  { path: /^\/embed\/schools\/[a-zA-Z0-9-]{1,40}$/, query: ['few', 'lang'] },
  { path: /^\/micro-lectures$/, query: ['category', 'audience', 'page'] },
  { path: /^\/api\/(?:home|courses|micro-lectures|schools|help|policies|news|draws)(?:\/[a-zA-Z0-9-]+){0,2}$/, query: ['category', 'audience', 'page'] },
]
const FRESH_MS = 30_000
const LARGEST_TOTAL_BYTES = 48 * 1024 * 1024

interface Answer { status: number, headers: Record<string, string>, etag: string, body: Buffer, gzip: Buffer, brotli: Buffer }
interface Request { path: string, preferences: Preferences }

const answers = new LRUCache<string, Answer, Request>({
  maxSize: LARGEST_TOTAL_BYTES,
  sizeCalculation: answer => answer.body.length + answer.gzip.length + answer.brotli.length + 1024,
  ttl: FRESH_MS,
  allowStale: true, // an old page at once, while one request makes the new one
  fetchMethod: (_key, _stale, { context }) => render(context),
  allowStaleOnFetchRejection: true,
})

/**
 * Answers visitors from memory. What is kept is rendered by a request of the server to itself that carries nothing but
 * language, mode and text size, so nobody's session can reach another's page.
 */
export default defineEventHandler(async (event) => {
  const request = cacheable(event)
  if (!request) return
  const { lang, mode, size } = request.preferences
  const answer = await answers.fetch(`${lang} ${mode} ${size} ${request.path}`, { context: request })
  if (!answer) return // not a page to keep: rendered for this visitor alone
  return reply(event, answer)
})

function cacheable(event: H3Event): Request | null {
  if (!(event.node.req instanceof IncomingMessage) || !['GET', 'HEAD'].includes(event.method)) return null
  const [pathname = '/', search = ''] = event.path.split('?')
  const kind = PUBLIC.find(({ path }) => path.test(pathname))
  if (!kind) return null
  const cookies = parseCookies(event)
  if (sessionCookie(event) || cookies.flash) return null
  const asked = new URLSearchParams(search)
  const kept = new URLSearchParams(kind.query.flatMap(name => asked.get(name) ? [[name, asked.get(name)!]] : []))
  return { path: kept.size ? `${pathname}?${kept}` : pathname, preferences: preferencesFrom(cookies) }
}

async function render({ path, preferences: { lang, mode, size } }: Request): Promise<Answer | undefined> {
  const response = await useNitroApp().localFetch(path, { headers: { cookie: `lang=${lang}; mode=${mode}; size=${size}` } })
  if (response.status !== 200) return undefined
  const body = Buffer.from(await response.arrayBuffer())
  const headers: Record<string, string> = {}
  for (const name of ['content-type', 'content-security-policy']) if (response.headers.get(name)) headers[name] = response.headers.get(name)!
  const [zipped, brotli] = await Promise.all([
    promisify(gzip)(body, { level: 7 }),
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  ])
  return { status: 200, headers, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, body, gzip: zipped, brotli }
}

function reply(event: H3Event, { headers, etag, body, gzip, brotli }: Answer) {
  const { req, res } = event.node
  const accepted = req.headers['accept-encoding'] ?? ''
  const [encoding, content] = accepted.includes('br') ? ['br', brotli] as const : accepted.includes('gzip') ? ['gzip', gzip] as const : [null, body] as const
  // A strong validator names one representation, so each encoding has its own.
  const validator = encoding ? `${etag.slice(0, -1)}-${encoding}"` : etag
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.setHeader('etag', validator)
  res.setHeader('cache-control', 'no-cache')
  res.setHeader('vary', 'Cookie, Accept-Encoding')
  if (req.headers['if-none-match'] === validator) {
    res.statusCode = 304
    res.end()
    return
  }
  if (encoding) res.setHeader('content-encoding', encoding)
  res.setHeader('content-length', content.length)
  res.end(req.method === 'HEAD' ? undefined : content)
}
