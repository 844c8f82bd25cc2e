import { IncomingMessage } from 'node:http'
import type { H3Event } from 'h3'

/** A transcript with a hundred certificates in it. */
const LARGEST_BYTES = 512 * 1024

/** The fields of a form with a pasted or chosen document, however it was sent. @throws 413 `body_too_large`, 400 `body_unreadable` */
export async function readShown(event: H3Event): Promise<Record<string, string>> {
  const type = getHeader(event, 'content-type') ?? 'application/json'
  event.context.bodyText = '' // too long to be sent back
  const body = await readBytes(event)
  try {
    if (!/^(?:multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type)) return JSON.parse(body.toString('utf8')) as Record<string, string>
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
    const file = form.get('file')
    const pasted = form.get('credential')
    return { credential: file instanceof File && file.size ? await file.text() : typeof pasted === 'string' ? pasted : '' }
  }
  catch { throw refusal(400, 'body_unreadable') }
}

// Counted while it comes in: what is too large is not even held.
async function readBytes(event: H3Event): Promise<Buffer> {
  const { req } = event.node
  if (!(req instanceof IncomingMessage)) return await readRawBody(event, false) ?? Buffer.alloc(0)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length
    if (bytes > LARGEST_BYTES) {
      setHeader(event, 'connection', 'close')
      throw refusal(413, 'body_too_large', { bytes: LARGEST_BYTES })
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
