import { IncomingMessage } from 'node:http'
import type { H3Event } from 'h3'

/** The frame of a form around its file, with the fields beside it. */
const FRAME = 64 * 1024

/**
 * A form with at most one small file, held in memory: nothing of it touches a disk. The fields stay at `event.context.bodyText`, so
 * that a plain form that is refused gets them back. Counted while it comes in, whatever was announced.
 * What is no form with a file has neither.
 * @throws 413 `tooLarge` with the limit, 400 `body_unreadable`
 */
export async function readFormFile(event: H3Event, name: string, largest: number, tooLarge: string): Promise<{ fields: Record<string, string>, file: Uint8Array | null }> {
  const { req } = event.node
  const type = getHeader(event, 'content-type') ?? ''
  if (!type.startsWith('multipart/form-data') || !(req instanceof IncomingMessage)) return { fields: {}, file: null }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length
    // A little more is let by, so that what was typed comes back with the answer.
    if (bytes > 4 * largest) {
      setHeader(event, 'connection', 'close')
      throw refusal(413, tooLarge, { field: name, megabytes: largest / 1024 / 1024 })
    }
    chunks.push(chunk as Buffer)
  }
  const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData().catch(() => { throw refusal(400, 'body_unreadable') })
  const fields = Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string').slice(0, 20))
  event.context.bodyText = new URLSearchParams(fields).toString()
  const file = form.get(name)
  if (bytes > largest + FRAME || (file instanceof File && file.size > largest)) throw refusal(413, tooLarge, { field: name, megabytes: largest / 1024 / 1024 })
  return { fields, file: file instanceof File && file.size > 0 ? new Uint8Array(await file.arrayBuffer()) : null }
}
