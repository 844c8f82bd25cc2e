import { join } from 'node:path'
import send from 'send'
import { z } from 'zod'

const MediaFile = z.object({ file: z.string().regex(/^[0-9a-f]{64}\.(mp4|jpg|png|webp|vtt)$/) })

/**
 * A media file by the hash of its content: range requests, a strong validator, cached for good, since another content
 * has another name.
 */
export default defineEventHandler((event) => {
  assertMethod(event, 'GET', true)
  const { file } = readParams(event, MediaFile)
  const { req, res } = event.node
  res.setHeader('etag', `"${file.slice(0, 64)}"`)
  if (file.endsWith('.vtt')) res.setHeader('content-type', 'text/vtt; charset=utf-8')
  return new Promise<void>((resolve, reject) => {
    res.on('close', resolve)
    send(req, file, { root: join(portalSettings().dataDir, 'media'), immutable: true, maxAge: '365d', lastModified: false })
      .on('error', (error: { status?: number }) => {
        if (res.headersSent) return resolve() // who asked has left
        res.removeHeader('etag')
        reject(error.status === 416 ? refusal(416, 'range_unsatisfiable') : refusal(404, 'not_found'))
      })
      .pipe(res)
  })
})
