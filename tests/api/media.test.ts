import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { request } from 'undici'
import { portalSql } from '../fixtures/portal.ts'

let sql: postgres.Sql
let file: { sha256: string, bytes: number }
beforeAll(async () => {
  sql = portalSql()
  ;[file] = await sql`select sha256, bytes from media order by id limit 1` as unknown as [typeof file]
})
afterAll(() => sql.end())

const get = (name: string, headers: Record<string, string> = {}, method = 'GET') => fetch(`${inject('portalUrl')}/media/${name}`, { headers, method })

it('a video is served whole, with a strong validator and for good', async () => {
  const answer = await get(`${file.sha256}.mp4`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('etag')).toBe(`"${file.sha256}"`)
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(answer.headers.get('content-type')).toBe('video/mp4')
  expect((await answer.arrayBuffer()).byteLength).toBe(file.bytes)
})

it('a range is served as asked', async () => {
  const answer = await get(`${file.sha256}.mp4`, { range: 'bytes=100-199' })
  expect(answer.status).toBe(206)
  expect(answer.headers.get('content-range')).toBe(`bytes 100-199/${file.bytes}`)
  const whole = Buffer.from(await (await get(`${file.sha256}.mp4`)).arrayBuffer())
  expect(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(100, 200))).toBe(true)
})

it('a range beyond the end is refused', async () => {
  expect((await get(`${file.sha256}.mp4`, { range: `bytes=${file.bytes}-` })).status).toBe(416)
})

it('what the browser has is not sent again', async () => {
  // Not by fetch, which asks for a fresh copy as soon as it is given a validator.
  const { statusCode, body } = await request(`${inject('portalUrl')}/media/${file.sha256}.mp4`, { headers: { 'if-none-match': `"${file.sha256}"` } })
  await body.dump()
  expect(statusCode).toBe(304)
})

it('HEAD tells the size', async () => {
  const answer = await get(`${file.sha256}.mp4`, {}, 'HEAD')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-length')).toBe(String(file.bytes))
})

it('a reader who leaves in the middle costs nobody else anything', async () => {
  for (let reader = 0; reader < 20; reader++) {
    const leaving = new AbortController()
    const { body } = await request(`${inject('portalUrl')}/media/${file.sha256}.mp4`, { signal: leaving.signal })
    body.once('error', () => { /* the abort itself */ })
    leaving.abort()
  }
  const answer = await get(`${file.sha256}.mp4`)
  expect((await answer.arrayBuffer()).byteLength).toBe(file.bytes)
})

it.each(['../secrets.json', '..%2Fsecrets.json', `${'0'.repeat(64)}.mp4`, `${'0'.repeat(64)}.json`, 'x.mp4'])('%s is not served', async (name) => {
  expect((await get(name)).status).toBe(404)
})
