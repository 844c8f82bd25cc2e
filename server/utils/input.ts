import type { H3Event } from 'h3'
import type { ZodType } from 'zod'

const LARGEST_BODY = 64 * 1024

/**
 * Reads and checks a JSON or form body.
 * @throws 413 `body_too_large`, 400 `body_unreadable`, 422 with the code of the first wrong field and all of them in `details.fields`
 */
export async function readInput<T>(event: H3Event, schema: ZodType<T>): Promise<T> {
  if (Number(getHeader(event, 'content-length') ?? 0) > LARGEST_BODY) throw refusal(413, 'body_too_large', { bytes: LARGEST_BODY })
  const raw = await readRawBody(event, 'utf8') ?? ''
  if (raw.length > LARGEST_BODY) throw refusal(413, 'body_too_large', { bytes: LARGEST_BODY })
  return check(schema, isFormPost(event) ? Object.fromEntries(new URLSearchParams(raw)) : parseJson(raw))
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

/** A plain HTML form, sent without scripts. */
export function isFormPost(event: H3Event): boolean {
  return (getHeader(event, 'content-type') ?? '').startsWith('application/x-www-form-urlencoded')
}

function check<T>(schema: ZodType<T>, value: unknown): T {
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
