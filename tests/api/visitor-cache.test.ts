// Visitors are answered from memory: fast, and never with what belongs to somebody else or to another way of reading.
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type postgres from 'postgres'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

const NAME = '王秀英'
const PHONE = '13900000001'

let sql: postgres.Sql
let session: string
beforeAll(async () => {
  sql = portalSql()
  session = await signedIn(sql, { phone: PHONE })
})
afterAll(() => sql.end())

interface Variant { lang: 'zh-CN' | 'en', mode: 'standard' | 'elder', size: '1' | '2' | '3', isSignedIn: boolean }
const VARIANTS: Variant[] = (['zh-CN', 'en'] as const).flatMap(lang => (['standard', 'elder'] as const).flatMap(mode =>
  (['1', '2', '3'] as const).flatMap(size => [true, false].map(isSignedIn => ({ lang, mode, size, isSignedIn })))))

const cookieOf = ({ lang, mode, size, isSignedIn }: Variant) => `lang=${lang}; mode=${mode}; size=${size}${isSignedIn ? `; ${session}` : ''}`

/** As a browser asks: nothing is unpacked or revalidated on the way. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { statusCode, headers: answered, body } = await request(inject('portalUrl') + path, { method: method as 'GET', headers })
  return { status: statusCode, headers: answered, body: Buffer.from(await body.arrayBuffer()) }
}
const kept = (headers: Record<string, unknown>) => headers.etag !== undefined

function faultsOf(html: string, { lang, mode, size, isSignedIn }: Variant): string[] {
  const tag = /<html[^>]*>/.exec(html)![0]
  const faults = [`lang="${lang}"`, `data-mode="${mode}"`, `data-size="${size}"`].filter(part => !tag.includes(part)).map(part => `${tag} lacks ${part}`)
  const [, header] = /<header[\s\S]*?>([\s\S]*?)<\/header>/.exec(html)!
  if (header!.includes(NAME) !== isSignedIn) faults.push(isSignedIn ? 'the person is not named' : 'somebody is named')
  if (!isSignedIn && (html.includes(NAME) || html.includes('/api/identity/sign-out'))) faults.push('a visitor\'s page is somebody\'s')
  if (!isSignedIn !== /href="\/sign-in(?:\?|")/.test(header!)) faults.push(isSignedIn ? 'signing in is offered' : 'signing in is not offered')
  return faults
}

it('variants are never mixed, however requests fall together', async () => {
  const asked = ['/', '/courses', '/courses/spot-the-scam', '/help/credits'].flatMap(path => VARIANTS.flatMap(variant => [{ path, variant }, { path, variant }, { path, variant }]))
  const queue = shuffled(asked)
  const faults: string[] = []
  let kinds = 0
  await Promise.all(Array.from({ length: 12 }, async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { path, variant } = next
      const { status, headers, body } = await get(path, { cookie: cookieOf(variant) })
      expect(status).toBe(200)
      if (kept(headers) === variant.isSignedIn) faults.push(`${path} ${JSON.stringify(variant)}: ${variant.isSignedIn ? 'kept' : 'not kept'}`)
      faults.push(...faultsOf(body.toString(), variant).map(fault => `${path} ${JSON.stringify(variant)}: ${fault}`))
      kinds++
    }
  }))
  expect(faults).toEqual([])
  expect(kinds).toBe(asked.length)
})

it('an unknown preference is the first choice and shares its entry', async () => {
  const plain = await get('/help')
  const strange = await get('/help', { cookie: 'lang=tlh; mode=<script>; size=9; other=1' })
  expect(strange.headers.etag).toBe(plain.headers.etag)
  expect(strange.body.equals(plain.body)).toBe(true)
})

it('what the browser has is not sent again', async () => {
  const first = await get('/schools')
  const second = await get('/schools', { 'if-none-match': String(first.headers.etag) })
  expect([second.status, second.body.length, second.headers.etag]).toEqual([304, 0, first.headers.etag])
  expect((await get('/schools', { 'if-none-match': String(first.headers.etag), 'cookie': 'mode=elder' })).status).toBe(200)
  expect((await get('/schools', { 'if-none-match': '"something-else"' })).status).toBe(200)
})

it.each(['/courses', '/api/courses'])('%s is the same page packed by brotli, by gzip and not at all, each with a validator of its own', async (path) => {
  const plain = await get(path, { 'accept-encoding': 'identity' })
  const zipped = await get(path, { 'accept-encoding': 'gzip, deflate' })
  const brotli = await get(path, { 'accept-encoding': 'gzip, deflate, br' })
  expect([plain, zipped, brotli].map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip', 'br'])
  expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true)
  expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true)
  expect(new Set([plain, zipped, brotli].map(({ headers }) => headers.etag)).size).toBe(3)
  for (const { headers, body } of [plain, zipped, brotli]) {
    expect(headers.vary).toMatch(/Cookie.*Accept-Encoding/i)
    expect(Number(headers['content-length'])).toBe(body.length)
    expect(headers['cache-control']).toBe('no-cache')
  }
  expect((await get(path, { 'accept-encoding': 'gzip', 'if-none-match': String(brotli.headers.etag) })).status).toBe(200)
})

it('HEAD tells as much as GET, without the page', async () => {
  const [whole, head] = [await get('/courses'), await get('/courses', {}, 'HEAD')]
  expect(head.status).toBe(200)
  expect(head.body.length).toBe(0)
  expect([head.headers.etag, head.headers['content-length'], head.headers['content-security-policy']])
    .toEqual([whole.headers.etag, whole.headers['content-length'], whole.headers['content-security-policy']])
})

it('a kept page carries the policy of its own scripts', async () => {
  const { headers, body } = await get('/')
  expect(headers['content-security-policy']).toMatch(/default-src 'self'; script-src 'self' 'sha256-/)
  expect(body.toString()).toContain('<script')
})

describe('what WeChat adds to an address', () => {
  const [course, title] = ['villagers-meeting', '改过的标题']
  let old = ''
  beforeAll(async () => { old = (await sql`select title from courses where slug = ${course}`)[0]!.title as string })
  afterAll(() => sql`update courses set title = ${old} where slug = ${course}`)

  it('shares the entry of the plain page; a filter has an entry of its own', async () => {
    expect((await get(`/courses/${course}`)).body.toString()).toContain(old)
    await sql`update courses set title = ${title} where slug = ${course}`
    for (const query of ['?from=singlemessage', '?from=timeline&isappinstalled=0', '?x=%00', '?page=']) {
      const { body, headers } = await get(`/courses/${course}${query}`)
      expect(kept(headers)).toBe(true)
      expect(body.toString()).toContain(old)
      expect(body.toString()).not.toContain(title)
      expect(body.toString()).not.toContain('singlemessage')
    }
    // Somebody signed in sees the present at once; what visitors are shown is read anew after five seconds.
    expect((await get(`/courses/${course}`, { cookie: session })).body.toString()).toContain(title)
    await sleep(5_100)
    expect((await get(`/courses/${course}?category=civic_governance`)).body.toString()).toContain(title)
    expect((await get(`/courses/${course}`)).body.toString()).toContain(old)
  }, 15_000)
})

describe('is rendered for its reader alone', () => {
  it('a page with a note for it', async () => {
    const flash = Buffer.from(JSON.stringify({ code: 'code_wrong', details: {}, typed: {} })).toString('base64url')
    const answer = await get('/courses', { cookie: `flash=${flash}` })
    expect(answer.status).toBe(200)
    expect(kept(answer.headers)).toBe(false)
    expect(kept((await get('/courses')).headers)).toBe(true)
  })

  it.each(['flash=%%%', `flash=${'A'.repeat(500)}`, 'flash=bm90IGpzb24'])('even when the note (%s) is nobody\'s', async (cookie) => {
    expect((await get('/sign-in', { cookie })).status).toBe(200)
  })

  it('a page of somebody signed in, which no cache on the way may keep', async () => {
    for (const path of ['/', '/courses', '/my', '/passbook']) {
      const { status, headers } = await get(path, { cookie: session })
      expect(status).toBe(200)
      expect(kept(headers)).toBe(false)
      expect(headers['cache-control'], path).toMatch(/private|no-store/)
    }
  })

  it('a page that is not found, each time', async () => {
    for (const path of ['/courses/no-such-course', '/help/no-such-text', '/schools/NOWHERE', '/courses/spot-the-scam/no-such-lesson', '/api/courses/no-such-course', '/api/help/no-such-text']) {
      for (let time = 0; time < 2; time++) {
        const { status, headers } = await get(path)
        expect([path, status, kept(headers)]).toEqual([path, 404, false])
      }
    }
  })

  it('a page that appears after it was not found', async () => {
    const slug = 'seen-too-early'
    expect((await get(`/courses/${slug}`)).status).toBe(404)
    await sql`insert into courses (slug, kind, title, summary, category_id, author, licence, status, updated_on)
      values (${slug}, 'course', '刚刚上线的课', '', 'digital', '学校', 'CC-BY-4.0', 'published', '2026-01-01')`
    try { expect((await get(`/courses/${slug}`)).status).toBe(200) }
    finally { await sql`delete from courses where slug = ${slug}` }
  })
})

it('a change is never answered from memory', async () => {
  for (const path of ['/courses', '/api/courses', '/']) {
    await get(path)
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { headers } = await get(path, {}, method)
      expect([path, method, kept(headers)]).toEqual([path, method, false])
    }
  }
})

it('when a session ends its cookie sees what visitors see', async () => {
  const cookie = await signedIn(sql, { phone: PHONE })
  const seen = async () => faultsOf((await get('/courses', { cookie })).body.toString(), { lang: 'zh-CN', mode: 'standard', size: '1', isSignedIn: true })
  expect(await seen()).toEqual([])
  await ask('/api/identity/sign-out', { method: 'POST', cookie, body: {} })
  const after = await get('/courses', { cookie })
  expect(faultsOf(after.body.toString(), { lang: 'zh-CN', mode: 'standard', size: '1', isSignedIn: false })).toEqual([])
  const visitor = await get('/courses')
  expect(faultsOf(visitor.body.toString(), { lang: 'zh-CN', mode: 'standard', size: '1', isSignedIn: false })).toEqual([])
})

it('a forged session cookie is nobody\'s', async () => {
  const { status, headers, body } = await get('/courses', { cookie: 'linxue.session_token=forged.signature' })
  expect(status).toBe(200)
  expect(kept(headers)).toBe(false)
  expect(faultsOf(body.toString(), { lang: 'zh-CN', mode: 'standard', size: '1', isSignedIn: false })).toEqual([])
})

/** The same disorder each time, so that a failure comes back. */
function shuffled<T>(list: T[]): T[] {
  const mixed = [...list]
  let state = 20_261_125
  const next = (below: number) => { state = (state * 1_103_515_245 + 12_345) % 2_147_483_648; return state % below }
  for (let index = mixed.length - 1; index > 0; index--) {
    const other = next(index + 1)
    ;[mixed[index], mixed[other]] = [mixed[other]!, mixed[index]!]
  }
  return mixed
}
