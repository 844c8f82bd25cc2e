import { IncomingMessage } from 'node:http'
import type { H3Event } from 'h3'
import type { ZodType } from 'zod'

const LARGEST_BODY = 64 * 1024

/**
 * Reads and checks a JSON or form body.
 * @throws 413 `body_too_large`, 400 `body_unreadable`, 422 with the code of the first wrong field and all of them in `details.fields`
 */
export async function readInput<T>(event: H3Event, schema: ZodType<T>): Promise<T> {
  const text = event.context.bodyText ??= await readText(event)
  return check(schema, isFormPost(event) ? Object.fromEntries(new URLSearchParams(text)) : parseJson(text))
}

declare module 'h3' {
  interface H3EventContext { bodyText?: string }
}

/** The fields of a plain HTML form. @throws 413 `body_too_large` */
export async function readForm(event: H3Event): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(event.context.bodyText ??= await readText(event)))
}

// The size is counted while reading, whatever the headers say: a body over the limit is not even held in memory.
async function readText(event: H3Event): Promise<string> {
  const { req } = event.node
  if (!(req instanceof IncomingMessage)) return await readRawBody(event, 'utf8') ?? ''
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length
    if (bytes > LARGEST_BODY) {
      setHeader(event, 'connection', 'close') // the rest of it is not read
      throw refusal(413, 'body_too_large', { bytes: LARGEST_BODY })
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Checks the query string. @throws 422 as {@link readInput} */
export function readQuery<T>(event: H3Event, schema: ZodType<T>): T {
  return check(schema, getQuery(event))
}

/** Checks the route's parameters; what cannot name anything is 404 `not_found`. */
export function readParams<T>(event: H3Event, schema: ZodType<T>): T {
  const result = schema.safeParse(getRouterParams(event, { decode: true }))
  if (!result.success) throw refusal(404, 'not_found')
  return result.data
}

/** A plain HTML form, sent without scripts; one with a file too, where the browser and not a program waits for the answer. */
export function isFormPost(event: H3Event): boolean {
  const type = getHeader(event, 'content-type') ?? ''
  return type.startsWith('application/x-www-form-urlencoded')
    || (type.startsWith('multipart/form-data') && (getHeader(event, 'accept') ?? '').includes('text/html'))
}

/** Checks fields that came with a file or were read before. @throws 422 as {@link readInput} */
export function checkFields<T>(fields: Record<string, unknown>, schema: ZodType<T>): T {
  return check(schema, fields)
}

function check<T>(schema: ZodType<T>, value: unknown): T {
  // PostgreSQL's text cannot hold it, and nobody types it.
  if (JSON.stringify(value ?? null).includes('\\u0000')) throw refusal(422, 'input_invalid')
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const fields: Record<string, string> = {}
  for (const issue of result.error.issues) {
    const code = /^[a-z_]+$/.test(issue.message) ? issue.message : 'input_invalid'
    fields[issue.path.join('.') || '_'] ??= code
  }
  const [[field, code] = ['_', 'input_invalid']] = Object.entries(fields)
  throw refusal(422, code, { field, fields })
}

function parseJson(raw: string): unknown {
  try { return raw === '' ? {} : JSON.parse(raw) }
  catch { throw refusal(400, 'body_unreadable') }
}
