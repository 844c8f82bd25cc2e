import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Transform, type Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import type { H3Event } from 'h3'
import { LIMITS } from '../../imports/fault'

export interface Upload {
  fields: Record<string, string>
  folder: string
  fileName: string
  bytes: number
  sha256: string
}

const MEGABYTE = 1024 * 1024
// How much of a file that is too large is let by before the answer: a browser shows it only once it has sent everything.
const LET_BY_BYTES = 400 * MEGABYTE
const LET_BY_MS = 20_000

/**
 * Takes one file and the fields around it, straight to disk. Its size is counted while it comes in, whatever was announced.
 * @throws 413 `file_too_large` with the limit, 422 `file_missing` | `file_empty`, 400 `body_unreadable`
 */
export async function readUpload(event: H3Event): Promise<Upload> {
  const { req } = event.node
  if (!/^multipart\/form-data;/i.test(req.headers['content-type'] ?? '')) throw refusal(400, 'body_unreadable')
  if (Number(req.headers['content-length'] ?? 0) > LIMITS.fileBytes + MEGABYTE) await refuseLarge(event)
  const folder = randomUUID()
  await mkdir(importFolder(folder), { recursive: true, mode: 0o700 })
  try { return await receive(event, folder) }
  catch (error) {
    await removeImportFiles(folder)
    throw error
  }
}

async function receive(event: H3Event, folder: string): Promise<Upload> {
  const { req } = event.node
  const fields: Record<string, string> = {}
  const hash = createHash('sha256')
  let file: { fileName: string, bytes: number, saved: Promise<void> } | undefined
  let isTooLarge = false
  const parser = parserOf(req)
  parser.on('field', (name, value) => { if (Object.keys(fields).length < 10) fields[name] = value.slice(0, 200) })
  parser.on('file', (_name, stream, fileName) => {
    if (file || !fileName) return void (stream as Readable).resume()
    const received = { fileName: String(fileName).split(/[/\\]/).at(-1)!.slice(-120), bytes: 0, saved: Promise.resolve() }
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        received.bytes += chunk.length
        hash.update(chunk)
        done(null, chunk)
      },
    })
    stream.on('limit', () => { isTooLarge = true })
    received.saved = pipeline(stream as Readable, counted, createWriteStream(importFile(folder, 'source'), { mode: 0o600 }))
    received.saved.catch(() => { /* told below */ })
    file = received
  })
  await pipeline(req, parser).catch(() => { throw refusal(400, 'body_unreadable') })
  await file?.saved
  // Nothing typed is lost: a plain form gets its fields back.
  event.context.bodyText = new URLSearchParams(fields).toString()
  if (isTooLarge) throw tooLarge()
  if (!file) throw refusal(422, 'file_missing', { field: 'file' })
  if (file.bytes === 0) throw refusal(422, 'file_empty', { field: 'file' })
  return { fields, folder, fileName: file.fileName, bytes: file.bytes, sha256: hash.digest('hex') }
}

function parserOf(req: IncomingMessage): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: req.headers as { 'content-type': string }, limits: { fileSize: LIMITS.fileBytes, files: 2, fields: 10, fieldSize: 1_000, parts: 15 } })
  }
  catch { throw refusal(400, 'body_unreadable') }
}

/** What is too large by its own word is not kept, only let by, so that the answer reaches a browser. */
async function refuseLarge(event: H3Event): Promise<never> {
  const { req } = event.node
  await new Promise<void>((resolve) => {
    let bytes = 0
    const timer = setTimeout(resolve, LET_BY_MS)
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LET_BY_BYTES) end()
    }).once('end', end).once('close', end).once('error', end)
  })
  setHeader(event, 'connection', 'close')
  throw tooLarge()
}

function tooLarge() {
  return refusal(413, 'file_too_large', { field: 'file', megabytes: LIMITS.fileBytes / MEGABYTE })
}
